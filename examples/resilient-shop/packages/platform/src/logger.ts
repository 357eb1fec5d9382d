type Fields = Readonly<Record<string, unknown>>;

/** One JSON object a line, for the log collector. */
export class Logger {
  constructor(private readonly service: string) {}

  info(fields: Fields, message: string): void {
    console.log(this.line('info', fields, message));
  }

  warn(fields: Fields, message: string): void {
    console.warn(this.line('warn', fields, message));
  }

  error(fields: Fields, message: string): void {
    console.error(this.line('error', fields, message));
  }

  private line(level: string, fields: Fields, message: string): string {
    const error = fields['error'] instanceof Error ? fields['error'].message : fields['error'];
    return JSON.stringify({ level, service: this.service, message, ...fields, error });
  }
}
