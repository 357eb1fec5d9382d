export function writeNotices(inputs: readonly string[], file: string): number;
