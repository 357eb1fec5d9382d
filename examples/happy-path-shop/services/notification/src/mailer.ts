import { Injectable } from '@nestjs/common';

@Injectable()
export class Mailer {
  private readonly apiUrl = process.env['MAIL_API_URL'] ?? 'https://api.mailer.example/v3/mail/send';

  async send(to: string, subject: string, text: string): Promise<void> {
    const response = await fetch(this.apiUrl, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${process.env['MAIL_API_KEY']}`,
        'content-type': 'application/json',
      },
      body: JSON.stringify({ to, subject, text }),
    });
    if (!response.ok) {
      throw new Error(`Mail to ${to} was refused: ${response.status}`);
    }
  }
}
