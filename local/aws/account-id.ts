/** Account of every ARN in local mode. */
export const ACCOUNT_ID = '000000000000';
