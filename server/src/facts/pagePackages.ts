// Packages with which the program in a browser or on a telephone draws what people see.
import type { FileFacts } from './facts.ts';

const drawing = /^(?:react$|react-dom|react-native|preact|vue$|svelte|solid-js|@angular\/core)/;

/** Whether a file is part of a page: a component, a hook, a service of a page. */
export function isOfPage({ file, imports }: Pick<FileFacts, 'file' | 'imports'>): boolean {
  return file.endsWith('.tsx') || imports.some((it) => isPagePackage(it.from));
}

/** Whether a package draws. */
export function isPagePackage(name: string): boolean {
  return drawing.test(name);
}
