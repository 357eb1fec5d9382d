// What an HTTP request asks for, by its address and verb: `POST ${stock}/reserve` asks `stock.reserve`, as a call would be spelled.
import type { Expr } from '../../facts/expressions.ts';
import type { CallSite } from './framework.ts';

/** Parts of an address that say where something is, not what. */
const places =
  /^(?:localhost|www|api|rest|internal|v\d+|base|host|url|uri|endpoint|address|server|gateway|service)$/i;

/** The words of the address with the last one for what is done; undefined where nothing is written out. */
export function askedBy(site: CallSite): string | undefined {
  const address = addressOf(site);
  const segments = address ? segmentsOf(site, address) : [];
  if (segments.length === 0) return undefined;
  return [...segments, ...(/^delete$/i.test(verbOf(site)) ? ['delete'] : [])].join('.');
}

/** The address of a request as far as it is written, or the name of what holds it. */
export function addressText(site: CallSite): string {
  const address = addressOf(site);
  if (!address) return '';
  const text = textOf(site, address);
  return text === '' && (address.kind === 'name' || address.kind === 'member') ? address.name : text;
}

function addressOf({ view, arg }: CallSite): Expr | undefined {
  const first = arg(0);
  const address = first?.kind === 'object' ? view.entryOf(first, 'url') : first;
  return address && written(address);
}

/** `new URL(address).href`, `process.env.ADDRESS ?? ''`. */
function written(address: Expr): Expr {
  if (address.kind === 'member' && address.name === 'href') return address.object;
  return address.kind === 'choice' ? (address.of[0] ?? address) : address;
}

/** The verb of a request, as an option or as the name of the call: `fetch(url, { method: 'PUT' })`, `axios.put(url)`. */
export function verbOf({ view, name, call: { args } }: CallSite): string {
  for (const arg of args) {
    // `fetch(new Request(url, { method: 'PUT' }))`
    const given = view.valueOf(arg);
    const options = given.kind === 'new' ? given.args[1] : given;
    const method = view.entryOf(options, 'method');
    if (method?.kind === 'string') return method.value;
  }
  return name;
}

/** Who is asked, then what for; the host alone says nothing of that. */
function segmentsOf(site: CallSite, address: Expr): readonly string[] {
  const [place = ''] = textOf(site, address).split('?');
  const [, host = '', path = ''] = /^(?:\w+:\/\/)?([^/]*)\/(.*)$/.exec(place) ?? [];
  const asked = path.split('/').filter(isTelling);
  const [party = ''] = host.split(/[.:]/);
  const word = party.replace(/[-_]?(?:service|base|api)*[-_]?(?:url|uri|host|endpoint|address|api)$/i, '');
  return asked.length === 0 ? [] : [...(isTelling(word) ? [word] : []), ...asked];
}

function isTelling(word: string): boolean {
  return /^[a-z][\w-]+$/i.test(word) && !places.test(word);
}

function nameIs(callee: Expr, name: string): boolean {
  return callee.kind === 'name' && callee.name === name;
}

/** As far as it is written; a name in front says whose address it is, those further back say which thing. */
function textOf(site: CallSite, address: Expr): string {
  const { view } = site;
  const value = view.valueOf(address);
  if (value.kind === 'string') return value.value;
  // `new URL('/orders', base)`
  const [inUrl] = value.kind === 'new' && nameIs(value.callee, 'URL') ? value.args : [];
  if (inUrl) return textOf(site, inUrl);
  const isSum = value.kind === 'operation' && value.operator === '+';
  const parts = value.kind === 'template' ? value.parts : isSum ? value.of : [];
  return parts
    .map((it, index) => {
      if (typeof it === 'string') return it;
      const known = view.valueOf(it);
      if (known.kind === 'string') return known.value;
      return index === 0 && (it.kind === 'name' || it.kind === 'member') ? it.name : '';
    })
    .join('');
}
