// docs/sagalint.schema.json: what an editor completes and validates in sagalint.config.json.
import { configSchema, severities } from '../../server/src/config/settings.ts';
import type { GeneratedFile } from './generateAll.ts';
import { jsonSchemaOf } from './jsonSchema.ts';
import type { JsonSchema } from './jsonSchema.ts';
import { readRules } from './rules.ts';

/** The schema of the configuration file, with the rules that exist and their options. */
export async function generateSchema(): Promise<readonly GeneratedFile[]> {
  const schema = configurationSchema();
  const rules = await rulesSchema();
  const text = JSON.stringify(
    { $schema: 'http://json-schema.org/draft-07/schema#', title: 'sagalint', ...schema },
    // Every setting of rules, also that of an override, knows the ids.
    (key, value: JsonSchema) => (key === 'rules' ? { ...value, ...rules } : value),
  );
  return [{ path: 'docs/sagalint.schema.json', text }];
}

/** The settings as zod tells them, without `$schema`. */
export function configurationSchema(): JsonSchema {
  return jsonSchemaOf(configSchema);
}

/** One property a rule, so that ids and options are completed. */
async function rulesSchema(): Promise<JsonSchema> {
  const level = { enum: [...severities, 'off'] };
  const rules = (await readRules()).map(({ rule }) => {
    const pair = { type: 'array', items: [level, jsonSchemaOf(rule.options)], minItems: 2, maxItems: 2 };
    return [rule.id, { description: `${rule.summary}.`, anyOf: [level, pair] }];
  });
  return { type: 'object', properties: Object.fromEntries(rules), additionalProperties: false };
}
