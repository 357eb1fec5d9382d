import { createTransport } from 'nodemailer';

const transport = createTransport({ host: 'smtp', connectionTimeout: 5_000, socketTimeout: 5_000 });

export async function sendMail(to: string, subject: string, text: string): Promise<void> {
  await transport.sendMail({ to, subject, text });
}
