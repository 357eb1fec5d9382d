interface Recipient {
  customerEmail: string;
}

export type CustomerNotified = Recipient & {
  orderId: string;
  subject: string;
};
