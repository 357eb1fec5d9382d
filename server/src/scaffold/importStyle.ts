// How a workspace writes the ends of its imports, which its tsconfig.json decides.
import { parsed } from '../config/json.ts';
import type { SagaWishes } from './wishes.ts';

/** Reads it off the nearest tsconfig.json; without one, files run as they are, in Node. */
export function importEndOf(tsconfig: string | undefined): SagaWishes['extension'] {
  if (tsconfig === undefined) return '.ts';
  const config = parsed(tsconfig);
  const options = member(config, 'compilerOptions');
  const isOn = (name: string): boolean => member(options, name) === true;
  if (isOn('allowImportingTsExtensions') || isOn('rewriteRelativeImportExtensions')) return '.ts';
  const ways = [member(options, 'module'), member(options, 'moduleResolution')];
  return ways.some((it) => typeof it === 'string' && /^node(16|18|20|next)$/i.test(it)) ? '.js' : '';
}

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}
