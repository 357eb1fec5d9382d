// zod types as JSON schema, for the schema of the configuration, the manifest and tables.
import { z } from 'zod';

/** The part of JSON schema that our settings and options use. */
export interface JsonSchema {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: JsonSchema | boolean;
  readonly [key: string]: unknown;
}

/** What a user may write where this zod type is read. */
export function jsonSchemaOf(type: z.ZodType): JsonSchema {
  const schema: JsonSchema = JSON.parse(
    JSON.stringify(z.toJSONSchema(type, { target: 'draft-7', io: 'input', unrepresentable: 'any' })),
  );
  const { $schema: _, ...rest } = schema;
  return rest;
}

/** A type as a reader says it: `string[]`, `"a" | "b"`, `number`. */
export function typeName(schema: JsonSchema): string {
  if (schema.enum !== undefined) return schema.enum.map((it) => JSON.stringify(it)).join(' | ');
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.anyOf !== undefined) return schema.anyOf.map(typeName).join(' | ');
  if (schema.type === 'array') return `${schema.items === undefined ? 'any' : typeName(schema.items)}[]`;
  return schema.type ?? 'any';
}

/** The cells name, type, default and meaning of each property of an object. */
export function propertyRows(schema: JsonSchema): readonly (readonly string[])[] {
  return Object.entries(schema.properties ?? {}).map(([name, property]) => [
    `\`${name}\``,
    `\`${typeName(property)}\``,
    property.default === undefined ? '' : `\`${JSON.stringify(property.default)}\``,
    property.description ?? '',
  ]);
}
