/** Go packages: what becomes of an `http.Transport` across the functions of a package, and how often that happens. */
import type { Evidence } from '../core/finding.ts';
import type {
  GoCall,
  GoClose,
  GoEscape,
  GoFileFact,
  GoFlow,
  GoFunctionFact,
  GoModuleFact,
  GoUsageFact,
  GoPlace,
  GoRepetition,
  GoRequest,
  GoSetting,
  GoTransportFact,
} from '../core/facts/go.ts';
import { importPathOf, moduleOf, pathInModule } from '../core/go-import-path.ts';
import { isTestModule, isTestPath } from '../core/go-tests.ts';
import type { Span } from '../core/span.ts';
import { addAll, addTo } from '../core/lists.ts';

/** A Transport that outlives the call which makes it, or of which that cannot be told. */
export interface KeptTransport {
  readonly kind: 'kept';
  /** A sentence that ends in a period. */
  readonly why: string;
  readonly at: Span;
  /** Requests that each close their own connection, and what was set on the client that sends them. */
  readonly closing?: { readonly requests: readonly GoRequest[]; readonly settings: readonly GoSetting[] };
}

/** A Transport that is made, used and dropped by one call of a function. */
export interface TransportPerCall {
  readonly kind: 'per-call';
  readonly transport: GoTransportFact;
  /** Calls between the function that makes it and the one that drops it, then the requests. */
  readonly steps: readonly Evidence[];
  /** What makes it happen again and again; `undefined` when nothing in the package says so. */
  readonly repetition: Repetition | undefined;
  /** Happens a few times in the life of the process: in a program that ends, or only while it starts. */
  readonly seldom: 'one-shot' | 'start-up' | undefined;
  /** Everything set on the Transport and on the client, along the way. */
  readonly settings: readonly GoSetting[];
  /** The function that makes it also drops it, after one request. */
  readonly single: boolean;
  /** The body of every response is closed and not read; a Go before 1.27 closes the connection then, unless the body is empty. */
  readonly unread: boolean;
  /** The function that sends the requests sets a deadline on a connection. */
  readonly deadline: boolean;
}

export interface Repetition {
  readonly how: GoRepetition['how'];
  readonly steps: readonly Evidence[];
}

export type TransportLife = KeptTransport | TransportPerCall;

export interface GoPackages {
  /** What becomes of a Transport. */
  life(transport: GoTransportFact): TransportLife;
  /** Whether a function of the package, by its bare name, sets a deadline on a connection. */
  setsDeadline(transport: GoTransportFact): boolean;
  /** Whether a file belongs to a package that only programs use which people start and which end. */
  isOneShot(file: string): boolean;
  /** Whether a file, of the package with this key, is part of a program that ends, or stands beside one. */
  endsSoon(file: string, packageKey: string): boolean;
  /** Whether a file stands beside the programs of its module: examples, demonstrations, tools of those who develop it. */
  isBeside(file: string): boolean;
  /** Whether a file holds code that only tests run, although it may be no test by its name. */
  isTestSupport(file: string): boolean;
  /** A call that is meant to close the idle connections of a Transport and does nothing. */
  closeWithoutEffect(transport: GoTransportFact): { readonly close: GoClose; readonly type: string } | undefined;
}

interface Caller {
  readonly call: GoCall;
  readonly from: GoFunctionFact;
}

/** Constructors that return constructors, and calls through calls, are followed this far. */
const maximumDepth = 6;

/** Callers of one function that are looked at: what they all do, these do too. */
const maximumCallers = 50;

/** Functions that run when the program or one of its parts starts or ends. */
const startUp =
  /^(?:main|init|new|start|setup|configure|register|must|load|open|unregister|deregister|shutdown|teardown)(?=$|[A-Z_])/i;

/** Directories at the top of a module with code that is no part of what it is for. */
const beside = /^(?:hack|tools?|scripts?|examples?(?:[-_][\w-]+)?|samples?|demos?)(?:\/|$)/;

/** From this version on, net/http reads the rest of a body that is closed, and keeps the connection: golang/go#77370. */
const drainingGoMinor = 27;

/** Directories of programs that people start and that end. */
const commandLine =
  /(?:^|\/)(?:cmds?|(?:[\w-]+[-_])?(?:cli|install(?:er)?)|commands?|hack|tools?|scripts?|examples?(?:[-_][\w-]+)?|contrib|kubeadm|keadm|[a-z]+ctl)\//;

/** Modules that by their names are such a program. */
const commandModule = /[/_-](?:cli|install(?:er)?)(?:\/v\d+)?$/;

/** Joins the Go facts of a session. Tests are left out: what they call says nothing of a node. */
export function createGoPackages(
  files: readonly GoFileFact[],
  functions: readonly GoFunctionFact[],
  modules: readonly GoModuleFact[] = [],
  usage: readonly GoUsageFact[] = [],
): GoPackages {
  return new PackageReader(files, functions, modules, usage);
}

function directoryOf(file: string): string {
  return file.slice(0, Math.max(0, file.lastIndexOf('/')));
}

class PackageReader implements GoPackages {
  readonly #functions = new Map<string, GoFunctionFact>();
  readonly #byName = new Map<string, GoFunctionFact[]>();
  readonly #callers = new Map<string, Caller[]>();
  readonly #callersByOwner = new Map<GoFunctionFact, readonly Caller[]>();
  readonly #rootsByOwner = new Map<GoFunctionFact, readonly GoFunctionFact[]>();
  readonly #repetitions = new Map<GoFunctionFact, { readonly value: Repetition | undefined }>();
  readonly #staying = new Set<string>();
  readonly #programs = new Set<string>();
  readonly #closers = new Set<string>();
  /** What uses the packages, by their directories. */
  readonly #usage: ReadonlyMap<string, GoUsageFact['by']>;
  /** Packages by import path. */
  readonly #imported = new Map<string, string>();
  readonly #modules: readonly GoModuleFact[];

  constructor(
    files: readonly GoFileFact[],
    functions: readonly GoFunctionFact[],
    modules: readonly GoModuleFact[],
    usage: readonly GoUsageFact[],
  ) {
    this.#modules = modules;
    this.#usage = new Map(usage.map(({ directory, by }) => [directory, by]));
    const tests = new Set(
      files.filter(({ test, span }) => test || this.isTestSupport(span.file)).map(({ span }) => span.file),
    );
    for (const file of files) {
      if (file.packageName === 'main') this.#programs.add(file.package);
      if (file.staysRunning !== undefined && !file.test) this.#staying.add(file.package);
      for (const type of file.embedding) this.#closers.add(`${file.package} ${type}`);
      const slash = file.span.file.lastIndexOf('/');
      const path = file.test ? undefined : importPathOf(modules, file.span.file.slice(0, Math.max(0, slash)));
      if (path !== undefined) this.#imported.set(path, file.package);
    }
    for (const one of functions) {
      if (tests.has(one.span.file)) continue;
      this.#functions.set(`${one.package} ${one.id}`, one);
      addTo(this.#byName, `${one.package} ${one.name}`, one);
      for (const call of one.calls) {
        const called = call.imported === undefined ? one.package : this.#imported.get(call.imported);
        if (called !== undefined) addTo(this.#callers, `${called} ${call.name}`, { call, from: one });
      }
    }
  }

  setsDeadline(transport: GoTransportFact): boolean {
    const named = this.#byName.get(`${transport.package} ${transport.dialFunction ?? ''}`) ?? [];
    return named.some(({ setsDeadline }) => setsDeadline);
  }

  isOneShot(file: string): boolean {
    const by = this.#usage.get(directoryOf(file));
    return (
      commandLine.test(file) || by === 'commands' || this.#isOfProviders(file) || commandModule.test(this.#module(file))
    );
  }

  /** Whether a file is part of a provider of Terraform, or of a library for one. */
  #isOfProviders(file: string): boolean {
    return (
      this.#usage.get(directoryOf(file)) === 'providers' ||
      /(?<!provider)[/_-]terraform(?:[/_-]|$)/.test(this.#module(file))
    );
  }

  /** The path of the module that a file stands in. */
  #module(file: string): string {
    return moduleOf(this.#modules, directoryOf(file))?.module.path ?? '';
  }

  endsSoon(file: string, packageKey: string): boolean {
    const isProgram = this.#programs.has(packageKey) && !this.#staying.has(packageKey);
    return isProgram || this.isOneShot(file) || this.isBeside(file);
  }

  isBeside(file: string): boolean {
    // What Mage builds with.
    if (/(?:^|\/)(?:magefile\.go$|magefiles\/)/.test(file)) return true;
    return this.#modules.some((module) => beside.test(pathInModule(module, directoryOf(file)) ?? ''));
  }

  isTestSupport(file: string): boolean {
    return isTestPath(file) || isTestModule(this.#module(file)) || this.#usage.get(directoryOf(file)) === 'tests';
  }

  life(transport: GoTransportFact): TransportLife {
    const { flow, place, span } = transport;
    const lives = this.#lives(transport.package, flow, place, span, 0);
    const perCall = lives.filter((one): one is LocalLife => one.kind === 'local');
    const worst = perCall.sort((a, b) => rank(a) - rank(b))[0];
    const kept = lives.find((one): one is KeptTransport => one.kind === 'kept');
    if (worst === undefined) {
      return kept ?? { kind: 'kept', why: 'Nothing in this package calls the function that makes it.', at: span };
    }
    return {
      kind: 'per-call',
      transport,
      steps: worst.steps,
      repetition: worst.repetition,
      seldom: worst.seldom,
      settings: worst.settings,
      single: worst.single,
      unread: worst.unread,
      deadline: worst.deadline,
    };
  }

  closeWithoutEffect(transport: GoTransportFact): { readonly close: GoClose; readonly type: string } | undefined {
    for (const close of transport.flow.closes) {
      const type = this.#hiding(transport.package, close);
      if (type !== undefined) return { close, type };
    }
    return undefined;
  }

  /** What becomes of a value at the end of the function that has it, in that function or in its callers. */
  #lives(
    packageKey: string,
    flow: GoFlow,
    place: GoPlace,
    at: Span,
    depth: number,
  ): readonly (LocalLife | KeptTransport)[] {
    const keptBecause = (why: string, where = at): KeptTransport[] => [{ kind: 'kept', why, at: where }];
    if (place.once) return keptBecause('It is made once.');
    if (place.memo !== undefined) {
      return keptBecause('go/http-client-memo-on-value-receiver says what is wrong here.', place.memo.guard);
    }
    if (place.function === undefined) return keptBecause('It is made at package level.');
    const fate = this.#settle(packageKey, flow, depth);
    if (fate.closed !== undefined) return keptBecause('Its idle connections are closed.', fate.closed.span);
    if (fate.kept !== undefined) return keptBecause(keptText(fate.kept), fate.kept.span);
    const owner = this.#functions.get(`${packageKey} ${place.function}`);
    if (owner === undefined) return keptBecause('It is made in a test.');
    if (fate.returned) {
      if (place.later !== undefined) return keptBecause('A function literal returns it.');
      return this.#callerLives(owner, flow, at, depth).map((life) => unlessInstead(life, place, at));
    }
    if (fate.requests.length === 0 && fate.uses.length === 0) return keptBecause('No request is sent through it here.');
    if (fate.uses.length === 0 && fate.requests.every(({ closes }) => closes !== undefined)) {
      const [kept] = keptBecause('Every request closes its connection.', fate.requests[0]?.span);
      return kept === undefined ? [] : [{ ...kept, closing: { requests: fate.requests, settings: flow.settings } }];
    }
    const repetition = this.#repetition(owner, place);
    if (repetition === undefined && place.later === undefined && this.#runsOnce(owner, new Set())) {
      return keptBecause('What calls it runs once.');
    }
    if (repetition === undefined && this.#isUnused(owner)) return keptBecause('Nothing in its package calls it.');
    if (repetition === undefined && fate.uses.length === 0 && fate.requests.every(({ polled }) => polled)) {
      return keptBecause('One call waits with it for something, request after request.', fate.requests[0]?.span);
    }
    if (fate.requests.length === 0 && repetition === undefined) {
      return keptBecause('It is used only through an object that holds it.', fate.uses[0]);
    }
    const life: LocalLife = {
      kind: 'local',
      steps: usesText(fate),
      settings: flow.settings,
      single: depth === 0 && isSingle(flow, fate),
      unread: fate.uses.length === 0 && fate.requests.every(({ unread }) => unread) && !this.#drains(owner),
      deadline: owner.setsDeadline,
      repetition,
      seldom: this.#seldom(owner, place, repetition),
    };
    return [unlessInstead(life, place, at)];
  }

  /** The function returns the value: what do those that call it do with it? */
  #callerLives(owner: GoFunctionFact, flow: GoFlow, at: Span, depth: number): readonly (LocalLife | KeptTransport)[] {
    if (depth >= maximumDepth) return [{ kind: 'kept', why: 'It is handed on too often to follow.', at }];
    const lives: (LocalLife | KeptTransport)[] = [];
    for (const { call, from } of this.#callersOf(owner).slice(0, maximumCallers)) {
      if (call.value) return [{ kind: 'kept', why: 'Its maker is handed on as a value.', at: call.span }];
      if (call.flow === undefined) continue;
      for (const life of this.#lives(from.package, call.flow, call.place, call.span, depth + 1)) {
        if (life.kind === 'kept') lives.push(life);
        else {
          const note = `'${from.name}' calls '${owner.name}', which makes a new one each time.`;
          lives.push({
            ...life,
            single: false,
            steps: [{ span: call.span, note }, ...life.steps],
            settings: [...flow.settings, ...life.settings],
          });
        }
      }
    }
    return lives;
  }

  /** A flow with what the functions of the package do to the value that they are given. */
  #settle(packageKey: string, flow: GoFlow, depth: number): Fate {
    const fate: Fate = {
      requests: [...flow.requests],
      uses: [...flow.uses],
      closed: flow.closes.find((close) => this.#isEffective(packageKey, close)),
      kept: undefined,
      returned: false,
    };
    for (const escape of flow.escapes) {
      if (escape.how === 'returned') fate.returned = true;
      else if (escape.how !== 'passed' || escape.to === undefined) fate.kept ??= escape;
      else this.#settlePassed(packageKey, escape, escape.to, fate, depth);
    }
    return fate;
  }

  #settlePassed(
    packageKey: string,
    escape: GoEscape,
    to: NonNullable<GoEscape['to']>,
    fate: Fate,
    depth: number,
  ): void {
    const target = to.path === undefined ? packageKey : this.#imported.get(to.path);
    if (target === undefined) {
      if (sending.test(to.function)) fate.requests.push({ ...unknownRequest, span: escape.span, method: to.function });
      else if (!wrapping.test(to.function)) fate.kept ??= escape;
      return;
    }
    const named = (this.#byName.get(`${target} ${to.function}`) ?? []).filter(
      ({ receiver }) => (receiver !== undefined) === to.method,
    );
    const parameter = named.length === 1 ? named[0]?.parameters.find(({ index }) => index === to.index) : undefined;
    if (parameter === undefined || depth >= maximumDepth) {
      fate.kept ??= escape;
      return;
    }
    const inner = this.#settle(target, parameter.flow, depth + 1);
    addAll(fate.requests, to.polled ? inner.requests.map((one) => ({ ...one, polled: true })) : inner.requests);
    addAll(fate.uses, inner.uses);
    fate.closed ??= inner.closed;
    fate.kept ??= inner.kept;
    if (inner.returned && !wrapping.test(to.function)) fate.kept ??= escape;
  }

  /** `client.CloseIdleConnections()` does nothing when a RoundTripper without that method stands between. */
  #isEffective(packageKey: string, close: GoClose): boolean {
    return this.#hiding(packageKey, close) === undefined;
  }

  /** The type between a client and its Transport that does not hand `CloseIdleConnections` on. */
  #hiding(packageKey: string, close: GoClose): string | undefined {
    if (close.method !== 'CloseIdleConnections') return undefined;
    return close.through.find(
      (type) =>
        this.#functions.has(`${packageKey} ${type}.RoundTrip`) &&
        !this.#functions.has(`${packageKey} ${type}.CloseIdleConnections`) &&
        !this.#closers.has(`${packageKey} ${type}`),
    );
  }

  #callersOf(owner: GoFunctionFact): readonly Caller[] {
    const known = this.#callersByOwner.get(owner);
    if (known !== undefined) return known;
    const sameName = this.#byName.get(`${owner.package} ${owner.name}`) ?? [];
    const callers = (this.#callers.get(`${owner.package} ${owner.name}`) ?? []).filter(({ call }) => {
      if (call.method !== (owner.receiver !== undefined)) return false;
      if (owner.receiver === undefined || call.receiver === owner.receiver.type) return true;
      // An unexported method that one type alone has can be no other.
      return call.receiver === undefined && sameName.length === 1 && /^[a-z_]/.test(owner.name);
    });
    this.#callersByOwner.set(owner, callers);
    return callers;
  }

  /** Whether a Go that reads closed bodies to their end must build the package. */
  #drains(owner: GoFunctionFact): boolean {
    return (moduleOf(this.#modules, directoryOf(owner.span.file))?.module.goMinor ?? 0) >= drainingGoMinor;
  }

  #repetition(owner: GoFunctionFact, place: GoPlace): Repetition | undefined {
    if (place.repeated !== undefined) return { how: place.repeated.how, steps: [repetitionText(place.repeated)] };
    if (place.later !== undefined) return undefined;
    const known = this.#repetitions.get(owner);
    if (known !== undefined) return known.value;
    const value = this.#functionRepetition(owner, new Set(), 0);
    this.#repetitions.set(owner, { value });
    return value;
  }

  #functionRepetition(owner: GoFunctionFact, seen: Set<GoFunctionFact>, depth: number): Repetition | undefined {
    if (owner.repeated !== undefined) return { how: owner.repeated.how, steps: [repetitionText(owner.repeated)] };
    if (depth >= maximumDepth || seen.has(owner)) return undefined;
    seen.add(owner);
    for (const { call, from } of this.#callersOf(owner)) {
      if (from === owner) continue;
      const { repeated, later, once } = call.place;
      if (once) continue;
      const called: Evidence = { span: call.span, note: `'${from.name}' calls '${owner.name}' here.` };
      // The loop of a command ends with it, and says nothing of other programs that call the same.
      // One that serves is called again only when its server has gone down.
      const ends = repeated?.how === 'loop' && (later === 'command' || owner.serves || this.isOneShot(from.span.file));
      if (repeated !== undefined && !ends) return { how: repeated.how, steps: [called, repetitionText(repeated)] };
      const outer = later === undefined ? this.#functionRepetition(from, seen, depth + 1) : undefined;
      if (outer !== undefined) return { how: outer.how, steps: [called, ...outer.steps] };
    }
    return undefined;
  }

  /** Whether a function that only its package can call is called nowhere; in a module, as single files show no package. */
  #isUnused(owner: GoFunctionFact): boolean {
    const { name, receiver, entry, span } = owner;
    if (receiver !== undefined || entry !== undefined || !/^[a-z_]/.test(name)) return false;
    return this.#module(span.file) !== '' && this.#callersOf(owner).length === 0;
  }

  /** Whether everything that calls a function does so at most once. */
  #runsOnce(owner: GoFunctionFact, seen: Set<GoFunctionFact>): boolean {
    if (seen.has(owner) || seen.size >= maximumDepth) return false;
    seen.add(owner);
    const callers = this.#callersOf(owner);
    return callers.length > 0 && callers.every(({ call, from }) => call.place.once || this.#runsOnce(from, seen));
  }

  #seldom(owner: GoFunctionFact, place: GoPlace, repetition: Repetition | undefined): TransportPerCall['seldom'] {
    if (this.isBeside(owner.span.file)) return 'one-shot';
    if (this.#programs.has(owner.package) && !this.#staying.has(owner.package)) return 'one-shot';
    // Terraform ends it, however long it waits for something.
    if (this.#isOfProviders(owner.span.file)) return 'one-shot';
    // A loop ends with its program; a server or a ticker shows that this is none that ends.
    if (this.isOneShot(owner.span.file) && (repetition === undefined || repetition.how === 'loop')) return 'one-shot';
    if (repetition !== undefined && repetition.how !== 'loop') return undefined;
    if (place.later === 'command') return 'one-shot';
    if (place.later !== undefined) return undefined;
    let roots = this.#rootsByOwner.get(owner);
    if (roots === undefined) this.#rootsByOwner.set(owner, (roots = this.#roots(owner, new Set(), 0)));
    if (roots.every((root) => this.#ends(root))) return 'one-shot';
    if (repetition !== undefined && !this.#isBounded(owner, place, new Set())) return undefined;
    return roots.every(({ entry, name }) => entry !== undefined || startUp.test(name)) ? 'start-up' : undefined;
  }

  /** Whether nothing but loops that end by themselves repeats a place, in its function and in those that call that. */
  #isBounded(owner: GoFunctionFact, { repeated, later }: GoPlace, seen: Set<GoFunctionFact>): boolean {
    if (repeated?.bounded === false || later !== undefined || owner.repeated !== undefined) return false;
    if (seen.has(owner)) return true;
    seen.add(owner);
    if (seen.size > maximumCallers) return false;
    return this.#callersOf(owner).every(({ call, from }) => this.#isBounded(from, call.place, seen));
  }

  /** Whether what a function starts ends soon. */
  #ends(root: GoFunctionFact): boolean {
    if (root.entry === 'command' || this.isOneShot(root.span.file)) return true;
    return root.entry === 'main' && !this.#staying.has(root.package);
  }

  /** The functions at the top of every chain of calls that leads to one. */
  #roots(owner: GoFunctionFact, seen: Set<GoFunctionFact>, depth: number): readonly GoFunctionFact[] {
    if (seen.has(owner)) return [];
    seen.add(owner);
    const callers = depth < maximumDepth ? this.#callersOf(owner) : [];
    if (callers.length === 0 || owner.entry !== undefined) return [owner];
    return callers.flatMap(({ from }) => this.#roots(from, seen, depth + 1));
  }
}

interface LocalLife {
  readonly kind: 'local';
  readonly steps: readonly Evidence[];
  readonly settings: readonly GoSetting[];
  readonly repetition: Repetition | undefined;
  readonly seldom: TransportPerCall['seldom'];
  readonly single: boolean;
  readonly unread: boolean;
  readonly deadline: boolean;
}

/** What is made only where nothing else was given, without a sign that this happens again and again, is a default that nobody may use. */
function unlessInstead(life: LocalLife | KeptTransport, place: GoPlace, at: Span): LocalLife | KeptTransport {
  return place.instead && life.kind === 'local' && life.repetition === undefined
    ? { kind: 'kept', why: 'It is made only where no other is given.', at }
    : life;
}

/** A request of which only that it is sent is known. */
const unknownRequest = { closes: undefined, again: true, polled: false, unread: false, setClose: undefined } as const;

/** One request, and nothing else, ever goes through the value. */
function isSingle(flow: GoFlow, fate: Fate): boolean {
  const [request, ...others] = fate.requests;
  return request?.again === false && others.length === 0 && fate.uses.length === 0 && flow.escapes.length === 0;
}

interface Fate {
  readonly requests: GoRequest[];
  readonly uses: Span[];
  closed: GoClose | undefined;
  kept: GoEscape | undefined;
  returned: boolean;
}

/** Functions of other packages that send a request through the client they are given. */
const sending = /^(?:Do|Get|Head|Post|PostForm)$/;
/** Functions whose result holds the client they are given. */
const wrapping =
  /^(?:New|With|Wrap|Make|Create|Build|Instrument|Open|Connect|Default)|(?:Transport|RoundTripper|Client|Option)$/i;

/** The worst first. */
function rank(life: LocalLife): number {
  if (life.seldom !== undefined) return life.seldom === 'one-shot' ? 4 : 3;
  if (life.unread) return 2;
  return life.repetition === undefined ? 1 : 0;
}

function keptText(escape: GoEscape): string {
  switch (escape.how) {
    case 'field':
      return 'It is kept in a field.';
    case 'global':
      return 'It is kept in a package variable.';
    case 'collection':
      return 'It is kept in a map, slice or channel.';
    case 'captured':
      return 'A function literal or goroutine that outlives the call holds it.';
    default:
      return `It is handed to '${escape.to?.function ?? ''}', which may keep it.`;
  }
}

function usesText(fate: Fate): readonly Evidence[] {
  const request = fate.requests.find(({ closes }) => closes === undefined) ?? fate.requests[0];
  if (request !== undefined)
    return [{ span: request.span, note: 'The request is sent here; its connection stays open.' }];
  const [use] = fate.uses;
  return use === undefined ? [] : [{ span: use, note: 'It is used here, through an object that holds it.' }];
}

function repetitionText(repeated: GoRepetition): Evidence {
  const notes = {
    loop: 'This loop repeats it.',
    ticker: 'This repeats it periodically.',
    handler: 'This runs for every request that the server gets.',
    callback: 'A framework calls this again and again.',
  };
  return { span: repeated.span, note: notes[repeated.how] };
}
