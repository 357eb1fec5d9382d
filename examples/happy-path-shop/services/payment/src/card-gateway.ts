export interface Charge {
  id: string;
  amount: number;
}

export class CardGateway {
  private readonly apiUrl = process.env['CARD_API_URL'] ?? 'https://api.cardpay.example/v1';

  async capture(authorizationId: string, amount: number): Promise<Charge> {
    const response = await fetch(`${this.apiUrl}/captures`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${process.env['CARD_API_KEY']}`,
        'content-type': 'application/json',
      },
      body: JSON.stringify({ authorization: authorizationId, amount, currency: 'EUR' }),
    });
    if (!response.ok) {
      throw new Error(`Capture failed: ${response.statusText}`);
    }
    return (await response.json()) as Charge;
  }
}
