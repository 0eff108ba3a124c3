// Validates documents of other operators' kinds against the schemas of their own definitions: a JSON list on stdin, a list of
// complaints on stdout. A field that no schema asks about is a complaint too: an API server would drop it without a word.
'use strict'

const path = require('node:path')

const MODELS = path.join(__dirname, 'node_modules', '@kubernetes-models')
const KINDS = {
  'postgresql.cnpg.io/v1': ['cloudnative-pg', 'PostgresqlCnpgIoV1'],
  'keda.sh/v1alpha1': ['keda', 'KedaShV1alpha1'],
  'monitoring.coreos.com/v1': [
    'prometheus-operator',
    'ComGithubPrometheusOperatorPrometheusOperatorPkgApisMonitoringV1',
  ],
  'gateway.networking.k8s.io/v1': ['gateway-api', 'IoK8sSigsGatewayApiApisV1'],
}

/** The same value, and what was never asked for in it. The compiled validators read each property that they know by its name. */
function watched(value, at, unread) {
  if (value === null || typeof value !== 'object') return value
  const inner = Array.isArray(value)
    ? value.map((item, n) => watched(item, `${at}/${n}`, unread))
    : Object.fromEntries(Object.entries(value).map(([key, item]) => [key, watched(item, `${at}/${key}`, unread)]))
  if (Array.isArray(value)) return inner
  for (const key of Object.keys(inner)) unread.add(`${at}/${key}`)
  return new Proxy(inner, {
    get(target, key) {
      unread.delete(`${at}/${String(key)}`)
      return target[key]
    },
  })
}

function complaintsAbout(document) {
  const name = `${document.kind} ${document.metadata?.name}`
  const known = KINDS[document.apiVersion]
  if (!known) return [`${name}: nothing is known of ${document.apiVersion}`]
  let validate
  try {
    // By its path: the package exports the classes alone, which say less.
    ;({ validate } = require(path.join(MODELS, known[0], '_schemas', `${known[1]}${document.kind}.js`)))
  } catch {
    return [`${name}: ${document.apiVersion} has no such kind`]
  }
  const unread = new Set()
  const isValid = validate(watched(document, '', unread))
  const wrong = isValid ? [] : validate.errors.map((error) => `${name}: ${error.instancePath} ${JSON.stringify(error.params)}`)
  // Below what is not known nothing is asked either: the topmost says it.
  const topmost = [...unread].filter((path) => ![...unread].some((other) => path.startsWith(`${other}/`)))
  return [...wrong, ...topmost.map((path) => `${name}: ${path} is no field of it`)]
}

const documents = JSON.parse(require('node:fs').readFileSync(0, 'utf8'))
process.stdout.write(JSON.stringify(documents.flatMap(complaintsAbout)))
