const grammar = /^arn:aws(?:-cn|-us-gov)?:sns:([a-z0-9-]{3,30}):\d{12}:[A-Za-z0-9_-]{1,256}$/

/** The region of a topic, or `undefined` where it is none. */
export function regionOf(topicArn: unknown): string | undefined {
  return typeof topicArn === 'string' ? grammar.exec(topicArn)?.[1] : undefined
}

/** Where SNS answers in a region: in China under `.cn`. */
export function hostOf(region: string): string {
  return `sns.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`
}

/**
 * Topics, one or more.
 * @throws TypeError when there is none, or one is no ARN of a topic
 */
export function checkTopicArns(given: string | readonly string[]): readonly string[] {
  const topicArns = [given].flat()
  if (topicArns.length > 0 && topicArns.every((arn) => regionOf(arn) !== undefined)) return topicArns
  throw new TypeError(
    "sns takes the ARN of a topic, or several, such as 'arn:aws:sns:sa-east-1:123456789012:pagos'",
  )
}
