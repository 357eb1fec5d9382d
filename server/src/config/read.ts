// Reads a configuration file. What is unknown or mistyped is reported where it stands; the rest still works.
import {
  findNodeAtLocation,
  getNodeValue,
  parseTree,
  printParseErrorCode,
  type Node,
  type ParseError,
} from 'jsonc-parser';
import type { z } from 'zod';
import type { FilePath, Span } from '../text.ts';
import { isTooDeep } from './json.ts';
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

/** What the reader needs of a rule: which ids exist, and which options they take. */
export interface KnownRule {
  readonly id: string;
  readonly options: z.ZodType;
}

/** Reads `sagalint.config.json`. */
export function readConfig(text: string, file: FilePath, rules: readonly KnownRule[] = []): ReadConfig {
  if (isTooDeep(text))
    return { config: defaultConfig, problems: [problem(file, 0, 1, 'It is nested too deeply.')] };
  const errors: ParseError[] = [];
  const tree = parseTree(text, errors, { allowTrailingComma: true });
  const broken = errors.map((it) => problem(file, it.offset, it.length, `${spoken(it)}.`));
  if (!tree) return { config: defaultConfig, problems: broken };
  return fromTree({ tree, file, rules }, broken);
}

/** Reads the `sagalint` key of a package.json, or undefined where it has none. */
export function readPackageConfig(
  text: string,
  file: FilePath,
  rules: readonly KnownRule[] = [],
): ReadConfig | undefined {
  const isOurs = text.includes('"sagalint"') && !isTooDeep(text);
  const whole = isOurs ? parseTree(text, [], { allowTrailingComma: true }) : undefined;
  const tree = whole && findNodeAtLocation(whole, ['sagalint']);
  return tree && fromTree({ tree, file, rules }, []);
}

interface Source {
  readonly tree: Node;
  readonly file: FilePath;
  readonly rules: readonly KnownRule[];
}

function fromTree(source: Source, before: readonly Problem[]): ReadConfig {
  const { tree, file } = source;
  if (tree.type !== 'object') {
    const wrong = problem(file, tree.offset, tree.length, 'The configuration is not an object.');
    return { config: defaultConfig, problems: [...before, wrong] };
  }
  const problems = [...before];
  const values: Record<string, unknown> = {};
  for (const property of tree.children ?? []) {
    const [key, value] = property.children ?? [];
    const name: unknown = key?.value;
    if (!key || !value || typeof name !== 'string' || name === '$schema') continue;
    const schema = Object.entries(settings).find(([known]) => known === name)?.[1];
    if (schema) values[name] = valid(schema, { name, node: value, file, problems });
    else problems.push(problem(file, key.offset, key.length, unknownSetting(name)));
  }
  const config = configSchema.parse(values);
  const checked = checkRules(source, config);
  return { config: checked.config, problems: [...problems, ...checked.problems] };
}

interface Setting {
  readonly name: string;
  readonly node: Node;
  readonly file: FilePath;
  readonly problems: Problem[];
}

/** The valid part of a setting's value: what is wrong in it is told and left out. Undefined leaves the default. */
function valid(schema: z.ZodType, setting: Setting): unknown {
  const value: unknown = getNodeValue(setting.node);
  const first = schema.safeParse(value);
  for (const issue of first.error?.issues ?? []) setting.problems.push(...told(issue, setting));
  let result = first;
  while (!result.success) {
    const cuts = result.error.issues.map((issue) => cut(value, issue));
    if (!cuts.every(Boolean)) return undefined;
    result = schema.safeParse(value);
  }
  return value;
}

type Issue = z.core.$ZodIssue;

function told(issue: Issue, { name, node, file }: Setting): readonly Problem[] {
  const path = plainPath(issue);
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => {
      const at = findNodeAtLocation(node, [...path, key])?.parent?.children?.[0] ?? node;
      return problem(
        file,
        at.offset,
        at.length,
        `Unknown key \`${key}\` in \`${[name, ...path].join('.')}\`.`,
      );
    });
  }
  const at = findNodeAtLocation(node, path) ?? node;
  const said = issue.message.replace(/^Invalid \w+: /, '');
  return [problem(file, at.offset, at.length, `\`${[name, ...path].join('.')}\`: ${said}.`)];
}

/** Takes the faulty part out of a value; false where all of it is at fault. */
function cut(value: unknown, issue: Issue): boolean {
  const path = plainPath(issue);
  if (issue.code === 'unrecognized_keys') {
    const holder = path.reduce((it, key) => memberOf(it, key), value);
    return issue.keys.map((key) => remove(holder, key)).every(Boolean);
  }
  const [first] = path;
  return first !== undefined && remove(value, first);
}

function remove(holder: unknown, key: string | number): boolean {
  if (Array.isArray(holder)) return holder.splice(Number(key), 1).length > 0;
  return typeof holder === 'object' && holder !== null && Reflect.deleteProperty(holder, key);
}

function memberOf(holder: unknown, key: string | number): unknown {
  return typeof holder === 'object' && holder !== null ? Reflect.get(holder, key) : undefined;
}

function plainPath(issue: Issue): (string | number)[] {
  return issue.path.filter((it) => typeof it === 'string' || typeof it === 'number');
}

/** Names of rules that do not exist, and options that a rule does not take. */
function checkRules({ tree, file, rules }: Source, config: Config): ReadConfig {
  if (rules.length === 0) return { config, problems: [] };
  const problems = ruleTables(tree).flatMap((table) => unknownRules(table, file, rules));
  const checked = (table: Config['rules'], at: Node | undefined, path: string): Config['rules'] => {
    const kept = { ...table };
    for (const [id, setting] of Object.entries(table)) {
      const rule = rules.find((it) => it.id === id);
      const node = at && findNodeAtLocation(at, ['rules', id, 1]);
      if (!Array.isArray(setting) || !rule) continue;
      const options = node && valid(rule.options, { name: `${path}.${id}`, node, file, problems });
      kept[id] = isRecord(options) ? [setting[0], options] : setting[0];
    }
    return kept;
  };
  // Where a faulty override was left out, the places of the others are not known any more.
  const isWhole = findNodeAtLocation(tree, ['overrides'])?.children?.length === config.overrides.length;
  const overrides = config.overrides.map((it, index) => {
    const at = isWhole ? findNodeAtLocation(tree, ['overrides', index]) : undefined;
    return { ...it, rules: checked(it.rules, at, `overrides.${index}.rules`) };
  });
  return { config: { ...config, rules: checked(config.rules, tree, 'rules'), overrides }, problems };
}

/** The places that hold severities by rule: `rules`, and those of each override. */
function ruleTables(tree: Node): readonly Node[] {
  const overrides = findNodeAtLocation(tree, ['overrides'])?.children ?? [];
  const tables = [tree, ...overrides].map((it) => findNodeAtLocation(it, ['rules']));
  return tables.filter((it) => it !== undefined);
}

function unknownRules(table: Node, file: FilePath, rules: readonly KnownRule[]): readonly Problem[] {
  return (table.children ?? []).flatMap((property) => {
    const key = property.children?.[0];
    const name: unknown = key?.value;
    if (!key || typeof name !== 'string' || name === 'unused-suppression') return [];
    if (rules.some((it) => it.id === name)) return [];
    return [problem(file, key.offset, key.length, `There is no rule \`${name}\`.`)];
  });
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function problem(file: FilePath, offset: number, length: number, message: string): Problem {
  return { file, at: { start: offset, end: offset + Math.max(length, 1) }, message };
}

function unknownSetting(name: string): string {
  const known = Object.keys(settings).map((it) => `\`${it}\``);
  return `Unknown setting \`${name}\`. Known are ${known.join(', ')}.`;
}

function spoken(error: ParseError): string {
  return printParseErrorCode(error.error)
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .replace(/^./, (it) => it.toUpperCase());
}
