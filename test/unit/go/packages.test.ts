/** What the functions of a package make of a Transport together. */
import { describe, expect, test } from 'vitest';
import { check, severities } from './helper.ts';

const go = (body: string, imports = '"net/http"') => `package agent\n\nimport (\n\t${imports}\n)\n\n${body}\n`;
const found = (body: string, imports?: string) => severities({ 'agent/agent.go': go(body, imports) });

const newClient = 'func newClient() *http.Client { return &http.Client{Transport: &http.Transport{}} }\n';

describe('evidence of repetition', () => {
  test.each([
    ['a handler', 'func show(w http.ResponseWriter, r *http.Request) { newClient().Get("http://a/") }'],
    [
      'a handler literal',
      'func routes() { http.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { newClient().Get("http://a/") }) }',
    ],
    ['a loop', 'func all(urls []string) { for _, url := range urls { newClient().Get(url) } }'],
    [
      'a loop around a caller',
      'func one(url string) { newClient().Get(url) }\nfunc all(urls []string) { for _, url := range urls { one(url) } }',
    ],
    [
      'a goroutine that loops',
      'func start() { go func() { for { one() } }() }\nfunc one() { newClient().Get("http://a/") }',
    ],
    [
      'a method called by a method',
      'type agent struct{}\nfunc (a *agent) one() { newClient().Get("http://a/") }\nfunc (a *agent) run() { for { a.one() } }',
    ],
    [
      'a RoundTripper',
      'type rt struct{}\nfunc (rt) RoundTrip(r *http.Request) (*http.Response, error) { return newClient().Do(r) }',
    ],
  ])('%s', (_name, body) => {
    expect(found(newClient + body)).toEqual(['error']);
  });

  test('a scrape, a gin handler, a periodic runner', () => {
    const scrape = 'type c struct{}\nfunc (c) Collect(ch chan<- prometheus.Metric) { newClient().Get("http://a/") }';
    expect(found(newClient + scrape, '"net/http"\n"github.com/prometheus/client_golang/prometheus"')).toEqual([
      'error',
    ]);
    const gin = 'func show(c *gin.Context) { newClient().Get("http://a/") }';
    expect(found(newClient + gin, '"net/http"\n"github.com/gin-gonic/gin"')).toEqual(['error']);
    const until = 'func poll() { newClient().Get("http://a/") }\nfunc run() { wait.Until(poll, 10, nil) }';
    expect(found(newClient + until, '"net/http"\n"k8s.io/apimachinery/pkg/util/wait"')).toEqual(['error']);
  });

  test('the chain is told in order', () => {
    const body = `${newClient}func one(url string) { newClient().Get(url) }\nfunc all(urls []string) { for _, url := range urls { one(url) } }`;
    expect(check({ 'agent/agent.go': go(body) }).found[0]?.notes).toEqual([
      'The client is built here.',
      "'one' calls 'newClient', which makes a new one each time.",
      'The request is sent here; its connection stays open.',
      "'all' calls 'one' here.",
      'This loop repeats it.',
      expect.stringContaining('the idle connection of a dropped Transport'),
    ]);
  });

  test('a loop that returns at once repeats nothing', () => {
    const body =
      'func first(urls []string) error { for _, url := range urls { _, err := newClient().Get(url)\nreturn err }\nreturn nil }';
    expect(found(newClient + body)).toEqual(['warning']);
  });

  test('a request in a loop is no creation in a loop', () => {
    expect(
      found(`${newClient}func all(urls []string) { c := newClient()\nfor _, url := range urls { c.Get(url) } }`),
    ).toEqual(['warning']);
  });

  test('the range of a loop is worked out once', () => {
    expect(
      found('func all() { for range load((&http.Client{Transport: &http.Transport{}}).Get("http://a/")) { work() } }'),
    ).toEqual(['warning']);
  });

  test('callers in tests say nothing', () => {
    const files = {
      'agent/agent.go': go(`${newClient}func Fetch() { newClient().Get("http://a/") }`),
      'agent/agent_test.go': go('func TestFetch(t *testing.T) { for { Fetch() } }', '"testing"'),
    };
    expect(severities(files)).toEqual(['warning']);
  });
});

describe('a Transport that stays', () => {
  test.each([
    [
      'a memo on a value receiver, which has its own rule',
      'type agent struct{ c *http.Client }\nfunc (a agent) one() { if a.c == nil { a.c = newClient() }\na.c.Get("http://a/") }',
    ],
    [
      'package level',
      'var client = &http.Client{Transport: &http.Transport{}}\nfunc one() { client.Get("http://a/") }',
    ],
    ['a package variable', 'var client *http.Client\nfunc setup() { client = newClient() }'],
    ['the default client', 'func setup() { http.DefaultClient.Transport = &http.Transport{} }'],
    [
      'a field of the receiver',
      'type agent struct{ c *http.Client }\nfunc (a *agent) one() { a.c = newClient()\na.c.Get("http://a/") }',
    ],
    [
      'a memo under a nil guard',
      'type agent struct{ c *http.Client }\nfunc (a *agent) one() { if a.c == nil { a.c = newClient() }\na.c.Get("http://a/") }',
    ],
    [
      'getter and setter',
      'type agent struct{ c *http.Client }\nfunc (a *agent) set(c *http.Client) { a.c = c }\nfunc (a *agent) get() *http.Client { if a.c == nil { a.set(newClient()) }\nreturn a.c }',
    ],
    [
      'sync.Once',
      'var once sync.Once\nfunc one() { var c *http.Client\nonce.Do(func() { c = newClient() })\nc.Get("http://a/") }',
    ],
    [
      'a map',
      'var all = map[string]*http.Client{}\nfunc one(name string) { c := newClient()\nall[name] = c\nc.Get("http://a/") }',
    ],
    ['a channel', 'func give(out chan *http.Client) { c := newClient()\nc.Get("http://a/")\nout <- c }'],
    [
      'a struct made by a constructor',
      'type Agent struct{ c *http.Client }\nfunc New() *Agent { return &Agent{c: newClient()} }',
    ],
    ['a returned closure', 'func getter() func(string) { c := newClient()\nreturn func(url string) { c.Get(url) } }'],
    [
      'a registered handler',
      'func routes() { c := newClient()\nhttp.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { c.Do(r) }) }',
    ],
    [
      'an immediately called closure at package level',
      'var client = func() *http.Client { return &http.Client{Transport: &http.Transport{}} }()',
    ],
    [
      'a client replaced after it was closed',
      'type agent struct{ c *http.Client }\nfunc (a *agent) renew() { a.c.CloseIdleConnections()\na.c = newClient() }',
    ],
    ['an argument of an unknown function', 'func one() { c := newClient()\nc.Get("http://a/")\nother.Keep(c) }'],
    ['a parameter', 'type options struct{ T http.RoundTripper }\nfunc fill(o *options) { o.T = &http.Transport{} }'],
    ['no caller', ''],
  ])('%s', (_name, body) => {
    expect(found(newClient + body, '"net/http"\n"sync"\n"example.org/other"')).toEqual([]);
  });
});

describe('a Transport that does not stay', () => {
  test.each([
    [
      'a local struct',
      'type agent struct{ c *http.Client }\nfunc one() { a := &agent{c: newClient()}\na.c.Get("http://a/") }',
    ],
    [
      'another field of the struct that holds it',
      'type agent struct{ c *http.Client; url string }\nfunc one() { a := agent{c: newClient()}\nother.Keep(a.url)\na.c.Get(a.url) }',
    ],
    [
      'an immediately called closure',
      'func one() { c := func() *http.Client { return &http.Client{Transport: &http.Transport{}} }()\nc.Get("http://a/") }',
    ],
    [
      'a function of the package that sends',
      'func one() { send(newClient()) }\nfunc send(c *http.Client) { c.Get("http://a/") }',
    ],
    [
      'two constructors',
      'func wrapped() *http.Client { c := newClient()\nreturn c }\nfunc one() { wrapped().Get("http://a/") }',
    ],
    [
      'several results',
      'func both() (*http.Client, error) { return newClient(), nil }\nfunc one() { c, err := both()\nif err == nil { c.Get("http://a/") } }',
    ],
    [
      'a named result',
      'func named() (c *http.Client) { c = newClient()\nreturn }\nfunc one() { named().Get("http://a/") }',
    ],
    [
      'a closure run here',
      'func one() { c := newClient()\nretry.Do(func() error { _, err := c.Get("http://a/")\nreturn err }) }',
    ],
    [
      'a Transport put into a client later',
      'func one() { c := &http.Client{}\nc.Transport = &http.Transport{}\nc.Get("http://a/") }',
    ],
    [
      'a wrapper of another package',
      'func one() { c := http.Client{Transport: tracing.NewTransport(&http.Transport{})}\nc.Get("http://a/") }',
    ],
  ])('%s', (_name, body) => {
    expect(
      found(newClient + body, '"net/http"\n"example.org/other"\n"example.org/retry"\n"example.org/tracing"'),
    ).toEqual(['warning']);
  });

  test('a function of the package that closes', () => {
    expect(
      found(
        `${newClient}func one() { c := newClient()\nc.Get("http://a/")\nend(c) }\nfunc end(c *http.Client) { c.CloseIdleConnections() }`,
      ),
    ).toEqual([]);
  });

  test('a field that makes a new client on each call', () => {
    const body =
      'type agent struct{ client func() *http.Client }\nfunc New() *agent { return &agent{client: newClient} }\nfunc (a *agent) Do(r *http.Request) { a.client().Do(r) }';
    // Which function the field holds is not followed.
    expect(check({ 'agent/agent.go': go(newClient + body) }).silent).toEqual(['Its maker is handed on as a value.']);
  });
});

describe('programs that end', () => {
  const main = (body: string) =>
    `package main\n\nimport "net/http"\n\nfunc main() { fetch() }\n\nfunc fetch() {\n\tc := &http.Client{Transport: &http.Transport{}}\n\tc.Get("http://a/")\n}\n${body}`;
  test('main', () => {
    expect(severities({ 'main.go': main('') })).toEqual(['info']);
  });
  test('main that serves', () => {
    expect(
      severities({
        'main.go': main(
          'func show(w http.ResponseWriter, r *http.Request) { fetch() }\nfunc serve() { http.ListenAndServe(":80", nil) }',
        ),
      }),
    ).toEqual(['error']);
  });
  test('a command', () => {
    expect(
      found(
        `${newClient}func run(cmd *cobra.Command, args []string) { newClient().Get("http://a/") }`,
        '"net/http"\n"github.com/spf13/cobra"',
      ),
    ).toEqual(['info']);
  });
  test('only at the start', () => {
    expect(
      found(`${newClient}func NewAgent() { register() }\nfunc register() { newClient().Get("http://a/") }`),
    ).toEqual(['info']);
  });
});

describe('names', () => {
  test('an alias', () => {
    expect(
      found('func one() { c := nh.Client{Transport: &nh.Transport{}}\nc.Get("http://a/") }', 'nh "net/http"'),
    ).toEqual(['warning']);
  });
  test.each([
    '"example.org/http"',
    'http "github.com/valyala/fasthttp"',
    '"github.com/opentracing-contrib/go-stdlib/nethttp"',
  ])('a look-alike: %s', (imports) => {
    const name = imports.includes('nethttp') ? 'nethttp' : 'http';
    expect(
      found(`func one() { c := ${name}.Client{Transport: &${name}.Transport{}}\nc.Get("http://a/") }`, imports),
    ).toEqual([]);
  });
  test('no import at all in a whole file', () => {
    expect(
      severities({
        'a.go':
          'package a\n\nfunc one() {\n\tc := http.Client{Transport: &http.Transport{}}\n\tc.Get("http://a/")\n}\n',
      }),
    ).toEqual([]);
  });
  test('packages of other directories do not mix', () => {
    const files = {
      'a/a.go': `package a\n\nimport "net/http"\n\n${newClient}`,
      'b/b.go': 'package a\n\nfunc one() { for { newClient().Get("http://a/") } }\n',
    };
    expect(severities(files)).toEqual([]);
  });
});
