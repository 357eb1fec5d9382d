// Which configuration holds for a file: the nearest one upwards, with its preset, rules and overrides.
import { matcher } from '../config/globs.ts';
import { defaultConfig, type Config } from '../config/settings.ts';
import type { Severity } from '../rules/rule.ts';
import type { OptionsFor, RuleOptions, RunConfig } from '../rules/runConfig.ts';
import type { FilePath } from '../text.ts';
import { describedBy, type Frameworks } from './ownFrameworks.ts';

export interface ConfigOf extends Omit<RunConfig, 'textOf'> {
  /** The options that hold for one file, whether or not the rule is on. */
  readonly optionsFor: OptionsFor;
  /** The frameworks that the configuration of a file describes, with the known ones; undefined where it describes none. */
  readonly frameworksFor: (file: FilePath) => Frameworks | undefined;
  /** The service that the configuration of a file gives to it. */
  readonly serviceFor: (file: FilePath) => string | undefined;
  /** Tells one division into services from another. */
  readonly servicesKey: string;
  /** Tells one set of described frameworks from another. */
  readonly frameworksKey: string;
}

/** A configuration and the folder it holds for. */
export interface PlacedConfig {
  readonly dir: FilePath;
  readonly config: Config;
}

/** What one run sets over every configuration: the command's options. */
export interface RunOverrides {
  readonly preset?: Config['preset'];
  /** Only these rules. */
  readonly only?: readonly string[];
}

/** Answers for every file from the configurations of a workspace. */
export function configsOf(placed: readonly PlacedConfig[], run: RunOverrides = {}): ConfigOf {
  const sorted = placed.toSorted((a, b) => b.dir.length - a.dir.length).map(prepare);
  const standard = prepare({ dir: '', config: defaultConfig });
  const configIn = remembered(
    (dir) => sorted.find((it) => dir === it.dir || dir.startsWith(`${it.dir}/`)) ?? standard,
  );
  const configFor = (file: FilePath): Prepared => configIn(file.slice(0, file.lastIndexOf('/')));
  return {
    severityOf(ruleId, standardSeverity, file) {
      if (run.only && !run.only.includes(ruleId)) return 'off';
      const prepared = configFor(file);
      const { config } = prepared;
      const [override] = overridesFor(prepared, ruleId, file);
      const set = levelOf(override ?? own(config.rules, ruleId));
      if (set !== undefined) return set;
      return run.only ? standardSeverity : inPreset(run.preset ?? config.preset, standardSeverity);
    },
    optionsOf: (ruleId, severity) =>
      run.only?.includes(ruleId) === false
        ? []
        : variants([...sorted, standard], ruleId, (it) => isOn(it, ruleId, severity, run), configFor),
    optionsFor: (rule, file) => rule.options.parse(givenOptions(configFor(file), rule.id, file) ?? {}),
    settingsOf: (file) => configFor(file).config,
    isLinted: remembered((file) => configFor(file).includes(file)),
    frameworksFor: (file) => configFor(file).frameworks,
    serviceFor: (file) => configFor(file).serviceOf(file),
    servicesKey: JSON.stringify(sorted.map(({ dir, config }) => [dir, config.services])),
    frameworksKey: JSON.stringify(sorted.map(({ dir, config }) => [dir, config.frameworks])),
  };
}

/** Looks at each path once. */
function remembered<Value>(ask: (path: FilePath) => Value): (path: FilePath) => Value {
  const known = new Map<FilePath, { readonly value: Value }>();
  return (path) => {
    const found = known.get(path) ?? { value: ask(path) };
    known.set(path, found);
    return found.value;
  };
}

interface Prepared extends PlacedConfig {
  readonly frameworks: Frameworks | undefined;
  readonly includes: (file: FilePath) => boolean;
  readonly serviceOf: (file: FilePath) => string | undefined;
  readonly overrides: readonly {
    readonly matches: (path: string) => boolean;
    readonly rules: Config['rules'];
  }[];
}

function prepare({ dir, config }: PlacedConfig): Prepared {
  const included = config.include.length > 0 ? matcher(config.include) : () => true;
  const excluded = matcher(config.exclude);
  const services = Object.entries(config.services).map(([name, globs]) => ({
    name,
    matches: matcher(globs.flatMap((it) => [it, `${it}/**`])),
  }));
  return {
    dir,
    config,
    frameworks: describedBy(config, dir),
    overrides: config.overrides.map((it) => ({
      matches: matcher(it.files),
      rules: it.rules,
    })),
    serviceOf: (file) => services.find((it) => it.matches(below(file, dir)))?.name,
    includes: (file) => {
      const path = below(file, dir);
      return included(path) && !excluded(path);
    },
  };
}

function below(file: FilePath, dir: FilePath): string {
  return dir === '' ? file : file.slice(dir.length + 1);
}

function own(rules: Config['rules'], ruleId: string): Config['rules'][string] | undefined {
  return Object.hasOwn(rules, ruleId) ? rules[ruleId] : undefined;
}

/** What overrides say of a rule in a file, the one that wins first. */
function overridesFor(
  { overrides, dir }: Prepared,
  ruleId: string,
  file: FilePath,
): readonly Config['rules'][string][] {
  const path = dir === '' ? file : file.slice(dir.length + 1);
  const matching = overrides.filter((it) => it.matches(path));
  const said = matching.map((it) => own(it.rules, ruleId)).filter((it) => it !== undefined);
  return said.toReversed();
}

/** One run of a rule for each set of options; configurations with equal ones share it. */
function variants(
  all: readonly Prepared[],
  ruleId: string,
  isWanted: (config: Prepared) => boolean,
  configFor: (file: FilePath) => Prepared,
): readonly RuleOptions[] {
  const wanted = all.filter(isWanted);
  const settings = wanted.flatMap(({ config, overrides }) => [
    own(config.rules, ruleId),
    ...overrides.map((it) => own(it.rules, ruleId)),
  ]);
  const sets = new Map(settings.map((it) => [keyOf(optionsIn(it)), optionsIn(it)]));
  return [...sets].map(([key, options]) => ({
    options,
    // Where all have the same ones nobody needs to ask which a file has.
    holdsFor: (file) => sets.size === 1 || keyOf(givenOptions(configFor(file), ruleId, file)) === key,
  }));
}

/** The options of the override that wins and gives some, else the configuration's own. */
function givenOptions(prepared: Prepared, ruleId: string, file: FilePath): unknown {
  const given = overridesFor(prepared, ruleId, file).find((it) => Array.isArray(it));
  return optionsIn(given ?? own(prepared.config.rules, ruleId));
}

function keyOf(options: unknown): string {
  return JSON.stringify(options ?? {});
}

/** Whether a rule can say anything under a configuration: one that is off does not even run. */
function isOn(
  { config, overrides }: Prepared,
  ruleId: string,
  severity: Severity,
  run: RunOverrides,
): boolean {
  const set = levelOf(own(config.rules, ruleId));
  if (overrides.some((it) => (levelOf(own(it.rules, ruleId)) ?? 'off') !== 'off')) return true;
  if (set !== undefined) return set !== 'off';
  return run.only !== undefined || inPreset(run.preset ?? config.preset, severity) !== 'off';
}

function optionsIn(setting: Config['rules'][string] | undefined): unknown {
  return Array.isArray(setting) ? setting[1] : undefined;
}

function levelOf(setting: Config['rules'][string] | undefined): Severity | 'off' | undefined {
  return Array.isArray(setting) ? setting[0] : setting;
}

function inPreset(preset: Config['preset'], severity: Severity): Severity | 'off' {
  if (preset === 'strict') return severity;
  return preset === 'recommended' && severity !== 'info' ? severity : 'off';
}
