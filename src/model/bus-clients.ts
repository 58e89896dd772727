import { busClients, busServices, type BusService } from '../knowledge/bus.ts';
import { HOLE, literalText, type Template } from '../core/template.ts';

/** Programs that `busCall` knows. */
export const busPrograms: readonly string[] = [
  ...busClients.map(({ command }) => command),
  'busctl',
  'dbus-send',
  'gdbus',
];

/** A command that makes D-Bus start a service. */
export interface BusCall {
  readonly service: BusService;
  /** The command as a person would write it, without unknown words: `hostnamectl --static`. */
  readonly text: string;
}

/** Which service a command wakes; `undefined` when it wakes none that exits by itself, or when that cannot be known. */
export function busCall(words: readonly Template[]): BusCall | undefined {
  const [first, ...rest] = words;
  if (first === undefined) return undefined;
  const name = first.text.slice(first.text.lastIndexOf('/') + 1);
  const service = wokenService(name, rest);
  if (service === undefined) return undefined;
  const known = rest.map(literalText).filter((word) => word !== undefined);
  return { service, text: [name, ...known].join(' ') };
}

function wokenService(name: string, words: readonly Template[]): BusService | undefined {
  const client = busClients.find((each) => each.command === name);
  if (client !== undefined) {
    const verb = verbOf(words);
    if (verb === undefined || client.sleeping.includes(verb)) return undefined;
    return serviceNamed(client.service);
  }
  switch (name) {
    case 'busctl':
      return calledByBusctl(words);
    case 'dbus-send':
      return calledByDbusSend(words);
    case 'gdbus':
      return calledByGdbus(words);
    default:
      return undefined;
  }
}

/** Options of systemd's tools that ask another machine, another user's manager, or nobody at all. */
const elsewhere = /^(?:-H|--host(?:=.*)?|-M|--machine(?:=.*)?|--user|--help|-h|--version)$/;

/** First word that is no option, '' when there is none; `undefined` when it is unknown or nobody is asked. */
function verbOf(words: readonly Template[]): string | undefined {
  for (const word of words) {
    const text = literalText(word);
    if (text !== undefined && elsewhere.test(text)) return undefined;
  }
  const valued = new Set(['-p', '--property', '-n', '--lines', '-o', '--output', '-P']);
  for (let at = 0; at < words.length; at++) {
    const word = words[at];
    if (word === undefined) break;
    if (valued.has(word.text)) at++;
    else if (!word.text.startsWith('-')) return word.text.includes(HOLE) ? undefined : word.text;
  }
  return '';
}

/** Options of busctl(1) that take the next word as their value. */
const busctlValued = /^(?:-H|-M|--(?:host|machine|address|match|size|timeout|limit-messages|num-matches))$/;

function calledByBusctl(words: readonly Template[]): BusService | undefined {
  const texts = words.map((word) => word.text);
  if (texts.some((text) => elsewhere.test(text) || /^--(?:auto-start=no|address=|auto-start=false)/.test(text)))
    return undefined;
  const operands = texts.filter((text, index) => !text.startsWith('-') && !busctlValued.test(texts[index - 1] ?? ''));
  const [verb, name] = operands;
  const waking = ['call', 'get-property', 'set-property', 'introspect', 'tree'];
  return verb !== undefined && waking.includes(verb) ? serviceNamed(name) : undefined;
}

function calledByDbusSend(words: readonly Template[]): BusService | undefined {
  const texts = words.map((word) => word.text);
  if (!texts.includes('--system')) return undefined;
  return serviceNamed(texts.find((text) => text.startsWith('--dest='))?.slice('--dest='.length));
}

function calledByGdbus(words: readonly Template[]): BusService | undefined {
  const texts = words.map((word) => word.text);
  if (texts[0] !== 'call' && texts[0] !== 'introspect') return undefined;
  if (!texts.includes('--system') && !texts.includes('-y')) return undefined;
  const inline = texts.find((text) => text.startsWith('--dest='))?.slice('--dest='.length);
  const option = texts.findIndex((text) => text === '--dest' || text === '-d');
  return serviceNamed(inline ?? (option < 0 ? undefined : texts[option + 1]));
}

function serviceNamed(name: string | undefined): BusService | undefined {
  return busServices.find((service) => service.name === name);
}
