// Writes a new saga: the very snippets that the editor offers, with the user's own names and steps, in files
// that import each other. It knows neither disk nor editor: it is given the snippets and gives texts.
import { impossible } from '../impossible.ts';
import { expandSnippet } from './expand.ts';
import { camel, kebab, type SagaWishes, type StepWish } from './wishes.ts';

/** A file to be written, by its name in the folder of the saga. */
export interface NewFile {
  readonly name: string;
  readonly text: string;
}

/** The files of a saga. `snippets` is the text of `sagalint.code-snippets`. */
export function newSaga(wishes: SagaWishes, snippets: string): readonly NewFile[] {
  const parts = partsFrom(snippets, wishes);
  const base = `${kebab(wishes.name)}-saga`;
  const from = (prefix: string, what: readonly string[]): string =>
    importing(parts(prefix), wishes, { [base]: what });
  const files: NewFile[] = [
    { name: `${base}.ts`, text: withSteps(parts('saga'), wishes) },
    { name: `${base}-store.ts`, text: from(`saga-store-${wishes.store}`, ['type ', 'type Store']) },
    { name: `${base}-resume.ts`, text: from('saga-resume', ['type Orchestrator']) },
    { name: `${base}.test.ts`, text: testOf(wishes, parts) },
  ];
  if (wishes.broker !== 'none') {
    const start = from(`saga-start-${wishes.broker}`, ['type Input', 'type Orchestrator']);
    files.push({ name: `${base}-start.ts`, text: start });
  }
  return files;
}

/** The test keeps sagas in SQLite, whatever the saga's own store is: it needs no server then. */
function testOf(wishes: SagaWishes, parts: (prefix: string) => string): string {
  const base = `${kebab(wishes.name)}-saga`;
  const test = withFakes(parts('saga-test'), wishes);
  const own = ['Orchestrator', 'Rejection', 'steps', 'type ', 'type Call', 'type Services'];
  if (wishes.store === 'sqlite')
    return importing(test, wishes, { [base]: own, [`${base}-store`]: ['sqlite'] });
  const store = parts('saga-store-sqlite')
    .replace(/^import [^;]+;\n\n/, '')
    .replace('export function', 'function');
  return `${importing(test, wishes, { [base]: [...own, 'type Store'] })}\n${store}`;
}

/** Expands snippets under the saga's name; other stops keep their defaults. */
function partsFrom(snippets: string, { name }: SagaWishes): (prefix: string) => string {
  const all: Record<string, { prefix: string; body: string[] }> = JSON.parse(snippets);
  return (prefix) => {
    const found = Object.values(all).find((it) => it.prefix === prefix);
    const body = found?.body ?? impossible(`there is no snippet ${prefix}`);
    return `${expandSnippet(body, { 1: name })}\n`;
  };
}

function withSteps(saga: string, { name, steps }: SagaWishes): string {
  const services = callsOf(steps).map((it) => `  ${it}(call: ${name}SagaCall): Promise<void>;\n`);
  const list = steps.map(
    ({ run, undo }) => `    {
      name: '${kebab(run)}',
      run: (call) => services.${run}(call),
      compensate: ${undo === null ? 'null' : `(call) => services.${undo}(call)`},
    },\n`,
  );
  const withServices = between(saga, `export interface ${name}SagaServices {\n`, '}\n', services.join(''));
  return between(withServices, `readonly ${name}SagaStep[] {\n  return [\n`, '  ];\n', list.join(''));
}

function withFakes(test: string, { name, steps }: SagaWishes): string {
  const fakes = callsOf(steps).map((it) => `    ${it}: this.#remote('${it}'),\n`);
  return between(test, `readonly services: ${name}SagaServices = {\n`, '  };\n', fakes.join(''));
}

function callsOf(steps: readonly StepWish[]): string[] {
  return steps.flatMap(({ run, undo }) => (undo === null ? [run] : [run, undo]));
}

/** Puts a text between two others, whatever stood there. */
function between(text: string, before: string, after: string, put: string): string {
  const start = text.indexOf(before);
  const end = text.indexOf(after, start + before.length);
  if (start < 0 || end < 0) impossible(`the snippet has no \`${before.trim()}\``);
  return text.slice(0, start + before.length) + put + text.slice(end);
}

/** Adds imports from the saga's own files behind the others: to each file, what is wanted of it. */
function importing(
  text: string,
  wishes: SagaWishes,
  from: Readonly<Record<string, readonly string[]>>,
): string {
  const lines = Object.entries(from).map(([file, what]) =>
    importOf(
      what.map((it) => nameOf(it, wishes.name)),
      `./${file}${wishes.extension}`,
    ),
  );
  const last = [...text.matchAll(/^import [^;]+;\n/gm)].at(-1);
  if (last === undefined) return `${lines.join('')}\n${text}`;
  const end = last.index + last[0].length;
  return `${text.slice(0, end)}\n${lines.join('')}${text.slice(end)}`;
}

/** What is imported, each by what follows the saga's name. */
function nameOf(what: string, name: string): string {
  if (what === 'steps') return `${camel(name)}SagaSteps`;
  if (what === 'sqlite') return `sqlite${name}SagaStore`;
  return what.startsWith('type ') ? `type ${name}Saga${what.slice(5)}` : `${name}Saga${what}`;
}

function importOf(names: readonly string[], path: string): string {
  const isTypes = names.every((it) => it.startsWith('type '));
  const plain = isTypes ? names.map((it) => it.slice(5)) : names;
  const line = `import ${isTypes ? 'type ' : ''}{ ${plain.join(', ')} } from '${path}';\n`;
  if (line.length <= 100) return line;
  return `import {\n${names.map((it) => `  ${it},\n`).join('')}} from '${path}';\n`;
}
