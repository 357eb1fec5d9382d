// A rule that finds every interface, and a way to run it over texts as a configuration says.
import { z } from 'zod';
import type { Config } from '../../server/src/config/settings.ts';
import { defaultConfig } from '../../server/src/config/settings.ts';
import { extract } from '../../server/src/extract/extract.ts';
import { link } from '../../server/src/model/link.ts';
import type { Finding, Rule, Severity } from '../../server/src/rules/rule.ts';
import { runRules } from '../../server/src/rules/run.ts';
import { configsOf, type RunOverrides } from '../../server/src/workspace/configs.ts';

/** Finds every interface whose name is longer than its option says. */
export function toy(id: string, severity: Severity): Rule<{ longer: number }> {
  return {
    id,
    severity,
    summary: 'An interface',
    hasFix: false,
    options: z.object({ longer: z.number().default(0).describe('How long a name may be.') }),
    *check({ model, options }) {
      for (const { file, types } of model.files.values()) {
        for (const { name, at } of types) {
          if (name.length > options.longer)
            yield { file, at, symbol: name, message: `\`${name}\`.`, help: 'None.' };
        }
      }
    },
  };
}

export interface Run {
  readonly files: Readonly<Record<string, string>>;
  readonly rules: readonly Rule[];
  readonly config?: Partial<Config>;
  readonly run?: RunOverrides;
  readonly isComplete?: boolean;
}

/** The findings below `/shop`. */
export function findingsOf({
  files,
  rules,
  config = {},
  run = {},
  isComplete = true,
}: Run): readonly Finding[] {
  const facts = Object.entries(files).map(([path, text]) => extract(`/shop/${path}`, text));
  const placed = [{ dir: '/shop', config: { ...defaultConfig, ...config } }];
  const textOf = (file: string): string | undefined => files[file.replace('/shop/', '')];
  const model = link(facts, [], { isComplete });
  const { findings, failures } = runRules(model, rules, { ...configsOf(placed, run), textOf });
  if (failures.length > 0) throw new Error(failures.map((it) => it.message).join('\n'));
  return findings;
}

/** `error long Name in a.ts`, one line a finding. */
export function told(findings: readonly Finding[]): readonly string[] {
  return findings.map((it) => `${it.severity} ${it.ruleId} ${it.symbol} in ${it.file.replace('/shop/', '')}`);
}
