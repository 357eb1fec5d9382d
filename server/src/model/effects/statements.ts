// Statements whose text stands in another file: `pool.query(INSERT_ORDER, [id])` beside `queries.ts`.
import type { ReadRole, Role } from '../../facts/roles.ts';
import { readSql } from '../../facts/sql.ts';
import type { FilePath } from '../../text.ts';
import type { Linking } from '../program.ts';

/** What a statement does by its text; what was taken for a read stays one where nobody can read the text. */
export function statementRole({ values }: Linking, file: FilePath, role: ReadRole): Role {
  const text = role.text && values.stringOf(file, role.text);
  return (
    (text !== undefined && role.text && readSql({ kind: 'string', value: text, at: role.text.at })) || role
  );
}
