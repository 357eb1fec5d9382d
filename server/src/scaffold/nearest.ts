import { dirname, join } from 'node:path';
import type { FilePath } from '../text.ts';

/** The text of the file of that name in the folder or the nearest one above it. */
export function nearest(
  name: string,
  folder: FilePath,
  read: (file: FilePath) => string | undefined,
): string | undefined {
  const text = read(join(folder, name));
  const above = dirname(folder);
  return text ?? (above === folder ? undefined : nearest(name, above, read));
}
