// Code as most of a workspace is: it has nothing to do with events.
import type { Random } from './random.ts';

const nouns = ['price', 'label', 'colour', 'address', 'page', 'filter', 'layout', 'invoice', 'rate', 'quota'];
const verbs = ['format', 'collect', 'compare', 'merge', 'parse', 'group', 'round', 'render', 'clamp', 'sort'];

/** A module of about a hundred lines that calls into the modules before it. */
export function plainModule(random: Random, index: number): string {
  const imports = earlier(random, index);
  const functions = Array.from({ length: 5 }, (_, at) => plainFunction(random, { index, at, imports }));
  return [
    ...imports.map((it) => `import { ${nameOf(it, 0)} } from './module${it}';`),
    '',
    shape(random, index),
    ...functions,
    holder(random, index),
  ].join('\n');
}

interface Spot {
  readonly index: number;
  readonly at: number;
  readonly imports: readonly number[];
}

function earlier(random: Random, index: number): readonly number[] {
  const count = index === 0 ? 0 : Math.min(index, random.next(4));
  return [...new Set(Array.from({ length: count }, () => random.next(index)))];
}

function nameOf(index: number, at: number): string {
  return `${verbs[index % verbs.length]}${upper(nouns[(index + at) % nouns.length] ?? '')}${index}x${at}`;
}

function shape(random: Random, index: number): string {
  const fields = Array.from(
    { length: 8 },
    (_, at) => `  readonly ${random.pick(nouns)}${at}: ${random.pick(['string', 'number', 'boolean'])};`,
  );
  return `export interface Shape${index} {\n${fields.join('\n')}\n  readonly parts: readonly Shape${index}[];\n}\n`;
}

function plainFunction(random: Random, { index, at, imports }: Spot): string {
  const noun = random.pick(nouns);
  const called = imports.length > 0 ? nameOf(random.pick(imports), 0) : 'String';
  return `/** Works on each ${noun} in turn. */
export function ${nameOf(index, at)}(given: readonly string[], most = ${random.next(100)}): string[] {
  const found: string[] = [];
  for (const [place, ${noun}] of given.entries()) {
    if (place > most || ${noun}.length === 0) continue;
    const short = ${noun}.trim().slice(0, ${1 + random.next(20)});
    switch (short.length % 3) {
      case 0:
        found.push(\`\${short}:\${place}\`);
        break;
      case 1:
        found.push(...String(${called}([short])).split(','));
        break;
      default:
        found.unshift(short.toUpperCase());
    }
  }
  return found.map((it) => it.padEnd(${2 + random.next(9)}, '-')).filter((it) => it !== '${random.pick(nouns)}');
}
`;
}

function holder(random: Random, index: number): string {
  const noun = random.pick(nouns);
  return `export class Holder${index} {
  readonly #known = new Map<string, Shape${index}>();

  get size(): number {
    return this.#known.size;
  }

  keep(${noun}: string, shape: Shape${index}): void {
    if (this.#known.has(${noun})) throw new Error('There is one already.');
    this.#known.set(${noun}, { ...shape, parts: [...shape.parts] });
  }

  all(): string[] {
    return ${nameOf(index, 1)}([...this.#known.keys()], ${random.next(50)});
  }
}
`;
}

function upper(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
