import type { TextEdit } from '../finding.ts';
import type { Span } from '../span.ts';

/** One Go file, or one fenced block or fragment of one. */
export interface GoFileFact {
  readonly kind: 'go.file';
  readonly span: Span;
  /** Files with an equal one are compiled together: directory and package clause. A fragment is a package of its own. */
  readonly package: string;
  /** Name in the package clause; `undefined` in a fragment. */
  readonly packageName: string | undefined;
  /** `_test.go`. */
  readonly test: boolean;
  /** Of a program: first place that shows that it stays, such as a server, an endless loop, a ticker, a signal handler. */
  readonly staysRunning: Span | undefined;
  /** Struct types with an embedded `*http.Transport` or `*http.Client`: they have its `CloseIdleConnections`. */
  readonly embedding: readonly string[];
}

/** The module that the packages at and below a directory belong to: `go.mod`. */
export interface GoModuleFact {
  readonly kind: 'go.module';
  readonly span: Span;
  /** Import path of the directory that the file stands in. */
  readonly path: string;
  /** Minor version of the oldest Go 1 that may build it: 21 for `go 1.21`; 0 where that is not said. */
  readonly goMinor: number;
}

/** A package that is no part of anything that stays. */
export interface GoUsageFact {
  readonly kind: 'go.usage';
  /** A place in the package. */
  readonly span: Span;
  readonly directory: string;
  /** Only programs use it which people start and which end, only providers, which Terraform starts for one command, or only tests. */
  readonly by: 'commands' | 'providers' | 'tests';
}

/** A place in the code, as far as it matters to how often it runs. */
export interface GoPlace {
  /** `name` or `Type.name` of the function declaration that holds it; `undefined` at package level. */
  readonly function: string | undefined;
  /** What makes it run again and again within that function. */
  readonly repeated: GoRepetition | undefined;
  /**
   * Inside a function literal that is kept for later: the function's own callers say nothing. `command`: one that a
   * command line framework calls.
   */
  readonly later: 'kept' | 'command' | undefined;
  /** Runs at most once however often the function is called: `sync.Once`, `if s.done { return }`, a look-up before. */
  readonly once: boolean;
  /** Only where there is none yet: `if c == nil`, `if !ok`. What callers hand over is what counts then. */
  readonly instead: boolean;
  /** What is made here is kept in a field of the receiver while that is `nil`, but the receiver is a copy. */
  readonly memo: GoMemo | undefined;
}

/** `if c.http == nil { c.http = ... }` in a method whose receiver is no pointer. */
export interface GoMemo {
  readonly field: string;
  readonly type: string;
  /** The condition. */
  readonly guard: Span;
  /** Makes the receiver a pointer. */
  readonly pointer: TextEdit;
}

/** Evidence that something runs again and again. */
export interface GoRepetition {
  readonly how:
    /** A `for` statement. */
    | 'loop'
    /** A loop paced by a ticker, a sleep or a timer, or a function handed to a periodic runner. */
    | 'ticker'
    /** A function that answers requests of a server. */
    | 'handler'
    /** A method that a framework calls at every round: a scrape, a reconciliation, a RoundTripper. */
    | 'callback';
  /** Loops over what a slice or map holds, or that count, and nothing else: they end by themselves. */
  readonly bounded: boolean;
  readonly span: Span;
}

/** A value set on a Transport or on something that carries it, in the literal or later. */
export interface GoSetting {
  readonly name: string;
  /** Value as it is written. */
  readonly text: string;
  /** A constant: a boolean, a number, or seconds for a duration (a bare `15` is 15 ns). `undefined` when unknown. */
  readonly value: boolean | number | undefined;
  readonly on: 'transport' | 'client';
  readonly span: Span;
}

/** A request sent through a Transport or a client. */
export interface GoRequest {
  readonly span: Span;
  /** `Do`, `Get`, `RoundTrip`, `ServeHTTP` ... */
  readonly method: string;
  /** What makes the connection close after it: `Close = true` (lost on a redirect) or a `Connection: close` header. */
  readonly closes: 'flag' | 'header' | undefined;
  /** In a loop or function literal that the value was made outside of: one value serves more than one request. */
  readonly again: boolean;
  /** Sent again and again inside one call, until something has come about. */
  readonly polled: boolean;
  /** The body of its response is closed here and nobody reads it. */
  readonly unread: boolean;
  /** Sets `Close` on the request before it is sent; `undefined` where no statement can be put. */
  readonly setClose: TextEdit | undefined;
}

/** How a value leaves the function. */
export interface GoEscape {
  readonly how:
    | 'returned'
    /** In a field of the receiver (by pointer) or of a parameter. */
    | 'field'
    | 'global'
    /** In a map, slice or channel that is not local. */
    | 'collection'
    /** In a function literal that is kept. */
    | 'captured'
    /** Handed to a function of which nothing is known here. */
    | 'passed';
  readonly span: Span;
  /** Called function and the index of the argument, for `passed`. */
  readonly to?: {
    readonly function: string;
    readonly method: boolean;
    readonly index: number;
    readonly imported: boolean;
    /** As `GoRequest.polled`. */
    readonly polled: boolean;
    /** Import path of the package of an imported function. */
    readonly path: string | undefined;
  };
}

/** What shuts the idle connections of a Transport. */
export interface GoClose {
  readonly span: Span;
  /** `CloseIdleConnections`, or `Close`, `Shutdown`, `Stop` of an object that holds it. */
  readonly method: string;
  /** Types between the receiver of that call and the Transport, other than net/http's own. */
  readonly through: readonly string[];
}

/** What becomes of a value inside one function. */
export interface GoFlow {
  readonly requests: readonly GoRequest[];
  /** Calls of other methods on something that holds it, such as an API client. */
  readonly uses: readonly Span[];
  readonly closes: readonly GoClose[];
  readonly escapes: readonly GoEscape[];
  readonly settings: readonly GoSetting[];
  /** Types built around it, other than net/http's own. */
  readonly holders: readonly string[];
  /** First place where it becomes part of an `http.Client`. */
  readonly client: Span | undefined;
}

/** A place that makes an `http.Transport`. */
export interface GoTransportFact {
  readonly kind: 'go.transport';
  readonly span: Span;
  readonly package: string;
  readonly form: 'literal' | 'new' | 'clone';
  readonly place: GoPlace;
  readonly flow: GoFlow;
  /** What the dial function does: sets a deadline on the connection, or hands out one that was made elsewhere. */
  readonly dial: 'deadline' | 'given' | undefined;
  /** Name of the dial function when it is declared elsewhere. */
  readonly dialFunction: string | undefined;
  /** A request context with a deadline in the same function: it ends the request, not the idle connection. */
  readonly context: Span | undefined;
  /** Sets `DisableKeepAlives`; in the layout of gofmt. */
  readonly disableKeepAlives: readonly TextEdit[];
  /** Puts `defer tr.CloseIdleConnections()` below the statement that makes it; `undefined` where that cannot stand. */
  readonly closeIdle: TextEdit | undefined;
}

/** A response whose body the function neither closes nor hands on. */
export interface GoResponseFact {
  readonly kind: 'go.response';
  /** The call that returns it. */
  readonly span: Span;
  readonly packageName: string | undefined;
  /** Called function or method: `Do`, `Get` ... */
  readonly method: string;
  /** Variable that holds it; `undefined` when it is dropped. */
  readonly variable: string | undefined;
  readonly place: GoPlace;
  /** Where the body is read to its end, or decoded, which may stop before that. */
  readonly read: { readonly how: 'end' | 'decoder'; readonly span: Span } | undefined;
  /** Why there may be no body: status 204 is asked for, or the method's answer often has none. */
  readonly noContent: { readonly how: 'status' | 'method'; readonly span: Span } | undefined;
  /** In a loop that is over as soon as a request succeeds. */
  readonly waits: boolean;
  /**
   * What ends the request with its connection all the same: a timeout of the client, a context that is cancelled; `client`,
   * `request`: a client or a context from elsewhere, which may have one or be that.
   */
  readonly bound: { readonly how: 'timeout' | 'context' | 'client' | 'request'; readonly span: Span } | undefined;
  /** Closes the body at the end of the function; `undefined` where that cannot stand. */
  readonly close: TextEdit | undefined;
}

/** A duration that is written as a bare number, which counts nanoseconds. */
export interface GoDurationFact {
  readonly kind: 'go.duration';
  /** The number. */
  readonly span: Span;
  /** Type that has the field: `http.Transport`. */
  readonly type: string;
  readonly field: string;
  readonly text: string;
  readonly nanoseconds: number;
  /** Makes it seconds; `undefined` where the file does not import `time`. */
  readonly seconds: TextEdit | undefined;
}

/** A call of a function or method, other than the standard library's, or a mention of one as a value. */
export interface GoCall {
  readonly name: string;
  /** Import path of its package, when that is another one. */
  readonly imported: string | undefined;
  /** Called with a selector: `x.name()`. */
  readonly method: boolean;
  /** Type of the operand, where the file says it. */
  readonly receiver: string | undefined;
  /** Handed on as a value, not called here. */
  readonly value: boolean;
  readonly span: Span;
  readonly place: GoPlace;
  /** What becomes of the result; `undefined` when it is dropped. */
  readonly flow: GoFlow | undefined;
}

/** A function or method declaration; the statements of a fragment are one with an empty name, package level is another. */
export interface GoFunctionFact {
  readonly kind: 'go.function';
  /** Its name. */
  readonly span: Span;
  readonly package: string;
  /** `name` or `Type.name`. */
  readonly id: string;
  readonly name: string;
  readonly receiver: { readonly type: string; readonly pointer: boolean } | undefined;
  /** Its signature is that of a function which is called again and again. */
  readonly repeated: GoRepetition | undefined;
  /** What starts it: the program, or a command line framework. */
  readonly entry: 'main' | 'init' | 'command' | undefined;
  /** Sets a deadline on a connection. */
  readonly setsDeadline: boolean;
  /** Serves until its server is shut down: `server.ListenAndServe()`. */
  readonly serves: boolean;
  readonly calls: readonly GoCall[];
  /** Parameters that are a client, a Transport or a RoundTripper, and what becomes of them. */
  readonly parameters: readonly { readonly index: number; readonly flow: GoFlow }[];
}

export interface GoFacts {
  'go.file': GoFileFact;
  'go.module': GoModuleFact;
  'go.usage': GoUsageFact;
  'go.response': GoResponseFact;
  'go.duration': GoDurationFact;
  'go.transport': GoTransportFact;
  'go.function': GoFunctionFact;
}
