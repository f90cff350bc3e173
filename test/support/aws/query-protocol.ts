/** Writes the response of an action of the Query protocol. */
export const xml = (action: string, result: string) =>
  `<${action}Response xmlns="http://example.org/doc/"><${action}Result>${result}</${action}Result>` +
  `<ResponseMetadata><RequestId>1</RequestId></ResponseMetadata></${action}Response>`;

export const members = (values: readonly string[]) =>
  values.map((value) => `<member>${value}</member>`).join('');

/** Error of CloudFormation, as its reference shows it. */
export const validationError = (message: string) => ({
  status: 400,
  body:
    '<ErrorResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><Error>' +
    `<Type>Sender</Type><Code>ValidationError</Code><Message>${message}</Message></Error>` +
    '<RequestId>1</RequestId></ErrorResponse>',
});
