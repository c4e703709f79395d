/**
 * DNS suffixes of the partitions other than `aws`, by the prefix of their region names.
 * Source: the partition data in `@aws-sdk/core` 3.981; a test compares all regions with the SDK's own endpoint rules.
 */
const suffixes: ReadonlyArray<readonly [RegExp, string]> = [
  [/^cn-/, "amazonaws.com.cn"],
  [/^eusc-/, "amazonaws.eu"],
  [/^us-iso-/, "c2s.ic.gov"],
  [/^us-isob-/, "sc2s.sgov.gov"],
  [/^eu-isoe-/, "cloud.adc-e.uk"],
  [/^us-isof-/, "csp.hci.ic.gov"]
]

/** The DNS suffixes of all partitions. */
export const dnsSuffixes: ReadonlyArray<string> = ["amazonaws.com", ...suffixes.map(([, suffix]) => suffix)]

/** The host of the Bedrock Runtime in this region. */
export const defaultHost = (region: string, fips: boolean): string => {
  const suffix = suffixes.find(([regions]) => regions.test(region))?.[1] ?? "amazonaws.com"
  return `bedrock-runtime${fips ? "-fips" : ""}.${region}.${suffix}`
}
