// Reads a configuration file. What is unknown or mistyped is reported where it stands; the rest still works.
import {
  findNodeAtLocation,
  getNodeValue,
  parseTree,
  printParseErrorCode,
  type Node,
  type ParseError,
} from 'jsonc-parser';
import type { FilePath, Span } from '../text.ts';
import { configSchema, defaultConfig, settings, type Config } from './settings.ts';

/** A fault of a configuration file, with its place there. */
export interface Problem {
  readonly file: FilePath;
  readonly at: Span;
  readonly message: string;
}

export interface ReadConfig {
  readonly config: Config;
  readonly problems: readonly Problem[];
}

/** Reads `sagalint.config.json`. `knownRules` are the ids that `rules` may name. */
export function readConfig(text: string, file: FilePath, knownRules: readonly string[] = []): ReadConfig {
  const errors: ParseError[] = [];
  const tree = parseTree(text, errors, { allowTrailingComma: true });
  const broken = errors.map((it) => problem(file, it.offset, it.length, `${spoken(it)}.`));
  if (!tree) return { config: defaultConfig, problems: broken };
  return fromTree(tree, file, knownRules, broken);
}

/** Reads the `sagalint` key of a package.json, or undefined where it has none. */
export function readPackageConfig(
  text: string,
  file: FilePath,
  knownRules: readonly string[] = [],
): ReadConfig | undefined {
  const tree = parseTree(text, [], { allowTrailingComma: true });
  const part = tree && findNodeAtLocation(tree, ['sagalint']);
  return part && fromTree(part, file, knownRules, []);
}

function fromTree(
  tree: Node,
  file: FilePath,
  knownRules: readonly string[],
  before: readonly Problem[],
): ReadConfig {
  if (tree.type !== 'object') {
    return {
      config: defaultConfig,
      problems: [...before, problem(file, tree.offset, tree.length, 'The configuration is not an object.')],
    };
  }
  const problems = [...before];
  const values: Record<string, unknown> = {};
  for (const property of tree.children ?? []) {
    const [key, value] = property.children ?? [];
    if (!key || !value) continue;
    const name: unknown = key.value;
    if (name === '$schema') continue;
    if (typeof name !== 'string' || !Object.hasOwn(settings, name)) {
      problems.push(
        problem(
          file,
          key.offset,
          key.length,
          `Unknown setting \`${String(name)}\`. Known are ${list(Object.keys(settings))}.`,
        ),
      );
      continue;
    }
    problems.push(...take(name, value, file, values));
  }
  const config = configSchema.parse(values);
  return { config, problems: [...problems, ...unknownRules(tree, file, knownRules)] };
}

/** Puts a setting's value into `values` when it is valid; otherwise the default stays and the fault is told. */
function take(
  name: string,
  value: Node,
  file: FilePath,
  values: Record<string, unknown>,
): readonly Problem[] {
  const schema = Object.entries(settings).find(([key]) => key === name)?.[1];
  const plain: unknown = getNodeValue(value);
  const result = schema?.safeParse(plain);
  if (!result) return [];
  if (result.success) {
    values[name] = plain;
    return [];
  }
  return result.error.issues.map((issue) => {
    const path = issue.path.filter((it) => typeof it === 'string' || typeof it === 'number');
    const at = findNodeAtLocation(value, path) ?? value;
    return problem(file, at.offset, at.length, `\`${[name, ...path].join('.')}\`: ${issue.message}.`);
  });
}

function unknownRules(tree: Node, file: FilePath, known: readonly string[]): readonly Problem[] {
  if (known.length === 0) return [];
  const rules = findNodeAtLocation(tree, ['rules']);
  return (rules?.children ?? []).flatMap((property) => {
    const key = property.children?.[0];
    const name: unknown = key?.value;
    if (!key || typeof name !== 'string' || known.includes(name)) return [];
    return [
      problem(file, key.offset, key.length, `There is no rule \`${name}\`. \`sagalint rules\` lists all.`),
    ];
  });
}

function problem(file: FilePath, offset: number, length: number, message: string): Problem {
  return { file, at: { start: offset, end: offset + Math.max(length, 1) }, message };
}

function spoken(error: ParseError): string {
  return printParseErrorCode(error.error)
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .replace(/^./, (it) => it.toUpperCase());
}

function list(names: readonly string[]): string {
  return names.map((it) => `\`${it}\``).join(', ');
}
