export interface OrderLine {
  sku: string;
  quantity: number;
  unitPrice: number;
}

export interface OrderPlaced {
  orderId: string;
  customerId: string;
  customerEmail: string;
  authorizationId: string;
  lines: OrderLine[];
  total: number;
}

export interface OrderConfirmed {
  orderId: string;
  customerId: string;
  customerEmail: string;
  paymentId: string;
}
