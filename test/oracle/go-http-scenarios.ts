/** Ways of using net/http, each as a package of Go that runs, with what is to be found in it. */

/** How the server differs from one that answers at once; fields of `Options` in go-http/lab. */
type ServerOptions = Readonly<Record<string, number | boolean | string>>;

export interface Scenario {
  /** Row of the measured table. */
  readonly id: string;
  readonly what: string;
  /** Statements of `func Fetch(s *lab.Server) error`. */
  readonly body: string;
  /** Declarations beside it. */
  readonly declarations?: string;
  readonly server?: ServerOptions;
  /** Why the source alone cannot tell what the sockets say, with what is found all the same. */
  readonly beyond?: { readonly why: string; readonly severity: 'warning' | 'info' | undefined };
}

const failed = 'if err != nil {\n\treturn err\n}';
const make = (transport: string, client = '') =>
  `tr := &http.Transport{${transport}}\nclient := &http.Client{Transport: tr${client}}`;
const get = `resp, err := client.Get(s.URL)\n${failed}`;
const send = `resp, err := client.Do(req)\n${failed}`;
const request = `req, err := http.NewRequest("GET", s.URL, nil)\n${failed}`;
const read = 'defer resp.Body.Close()\n_, err = io.Copy(io.Discard, resp.Body)\nreturn err';
const close = 'return resp.Body.Close()';
const decode = 'defer resp.Body.Close()\nvar v map[string]any\nreturn json.NewDecoder(resp.Body).Decode(&v)';
const drop = 'if resp.StatusCode > 500 {\n\treturn io.EOF\n}\nreturn nil';
const lines = (...parts: readonly string[]) => parts.join('\n');
const shared = 'var client = &http.Client{Transport: &http.Transport{}}';
const secure = 'TLSClientConfig: s.TLS';
const http2 = `${secure}, ForceAttemptHTTP2: true`;
const overHttp2 = { tls: true, http2: true };
const wrapper = `type tracing struct{ next http.RoundTripper }

func (t tracing) RoundTrip(req *http.Request) (*http.Response, error) {
	return t.next.RoundTrip(req)
}`;
const cancelled = `ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
defer cancel()
req, err := http.NewRequestWithContext(ctx, "GET", s.URL, nil)
${failed}`;

const onServer = { why: 'Only the server bounds it.', severity: 'warning' } as const;
const closedUnread = {
  why: 'From Go 1.27 on, Close reads the rest of the body and keeps the connection.',
  severity: 'warning',
} as const;

export const scenarios: readonly Scenario[] = [
  {
    id: 'a',
    what: 'nothing set, unix socket',
    body: lines(make('DialContext: s.Dial'), get, read),
    server: { unix: true },
  },
  { id: 'a2', what: 'nothing set, TCP', body: lines(make(''), get, read) },
  { id: 'a3', what: 'DialContext', body: lines(make('DialContext: (&net.Dialer{}).DialContext'), get, read) },
  { id: 'a4', what: 'timeout of the client', body: lines(make('', ', Timeout: 2 * time.Second'), get, read) },
  { id: 'a5', what: 'context', body: lines(make(''), cancelled, send, read) },
  {
    id: 'a6',
    what: 'other timeouts',
    body: lines(
      make('ResponseHeaderTimeout: time.Second, TLSHandshakeTimeout: time.Second, ExpectContinueTimeout: time.Second'),
      get,
      read,
    ),
  },
  { id: 'a7', what: 'no body, not closed', body: lines(make(''), get, drop), server: { status: 204 } },
  { id: 'a8', what: 'garbage collection', body: lines(make(''), get, 'runtime.GC()', read) },
  { id: 'b', what: 'IdleConnTimeout', body: lines(make('IdleConnTimeout: 300 * time.Millisecond'), get, read) },
  {
    id: 'b2',
    what: 'IdleConnTimeout of 90 s',
    body: lines(make('IdleConnTimeout: 90 * time.Second'), get, read),
    beyond: { why: 'The test does not wait that long.', severity: 'info' },
  },
  { id: 'c', what: 'MaxIdleConns', body: lines(make('MaxIdleConns: 1'), get, read) },
  { id: 'c2', what: 'MaxIdleConnsPerHost', body: lines(make('MaxIdleConnsPerHost: 1'), get, read) },
  { id: 'c3', what: 'MaxIdleConnsPerHost: -1', body: lines(make('MaxIdleConnsPerHost: -1'), get, read) },
  { id: 'c4', what: 'MaxIdleConns: -1', body: lines(make('MaxIdleConns: -1'), get, read) },
  { id: 'c5', what: 'MaxConnsPerHost', body: lines(make('MaxConnsPerHost: 1'), get, read) },
  { id: 'd', what: 'DisableKeepAlives', body: lines(make('DisableKeepAlives: true'), get, read) },
  {
    id: 'd2',
    what: 'DisableKeepAlives, body not closed',
    body: lines(make('DisableKeepAlives: true'), get, drop),
    server: { body: 1048576 },
  },
  {
    id: 'd3',
    what: 'KeepAlive of the dialer',
    body: lines(make('DialContext: (&net.Dialer{KeepAlive: -1}).DialContext'), get, read),
  },
  { id: 'e', what: 'Close of the request', body: lines(make(''), request, 'req.Close = true', send, read) },
  {
    id: 'e2',
    what: 'Close, body not closed',
    body: lines(make(''), request, 'req.Close = true', send, drop),
    server: { body: 1048576 },
  },
  { id: 'e3', what: 'Close after Do', body: lines(make(''), request, send, 'req.Close = true', read) },
  {
    id: 'f',
    what: 'CloseIdleConnections of the Transport',
    body: lines(make(''), 'defer tr.CloseIdleConnections()', get, read),
  },
  {
    id: 'f2',
    what: 'CloseIdleConnections of the client',
    body: lines(make(''), 'defer client.CloseIdleConnections()', get, read),
  },
  {
    id: 'f3',
    what: 'CloseIdleConnections, with a wrapper between',
    declarations: wrapper,
    body: lines(
      'client := &http.Client{Transport: tracing{next: &http.Transport{}}}',
      'defer client.CloseIdleConnections()',
      get,
      read,
    ),
  },
  {
    id: 'f4',
    what: 'CloseIdleConnections before the body is read',
    body: lines(make(''), get, 'tr.CloseIdleConnections()', read),
  },
  {
    id: 'f5',
    what: 'CloseIdleConnections, body not closed',
    body: lines(make(''), get, 'client.CloseIdleConnections()', drop),
    server: { body: 1048576 },
  },
  { id: 'g', what: 'body neither read nor closed', body: lines(make(''), get, drop) },
  { id: 'g2', what: 'shared, body not closed', declarations: shared, body: lines(get, drop) },
  {
    id: 'g3',
    what: 'shared, large body not closed',
    declarations: shared,
    body: lines(get, drop),
    server: { body: 1048576 },
  },
  { id: 'g4', what: 'shared, closed unread', declarations: shared, body: lines(get, close) },
  {
    id: 'g5',
    what: 'shared, large body closed unread',
    declarations: shared,
    body: lines(get, close),
    server: { body: 1048576 },
  },
  { id: 'g6', what: 'closed unread', body: lines(make(''), get, close), beyond: closedUnread },
  {
    id: 'g7',
    what: 'large body closed unread',
    body: lines(make(''), get, close),
    server: { body: 1048576 },
    beyond: closedUnread,
  },
  {
    id: 'g8',
    what: 'shared, read, not closed',
    declarations: shared,
    body: lines(get, '_, err = io.Copy(io.Discard, resp.Body)\nreturn err'),
  },
  {
    id: 'g9',
    what: 'shared, no body, not closed',
    declarations: shared,
    body: lines(get, drop),
    server: { status: 204 },
    beyond: { why: 'Only the server knows that there is no body.', severity: 'warning' },
  },
  {
    id: 'g10',
    what: 'shared, not closed, timeout of the client',
    declarations: 'var shared = &http.Transport{}',
    body: lines('client := &http.Client{Transport: shared, Timeout: 300 * time.Millisecond}', get, drop),
    server: { body: 1048576 },
  },
  {
    id: 'g11',
    what: 'shared, not closed, context cancelled',
    declarations: shared,
    body: lines(cancelled, send, drop),
    server: { body: 1048576 },
  },
  { id: 'g12', what: 'decoded', body: lines(make(''), get, decode), server: { json: '{"a": 1}' } },
  {
    id: 'g13',
    what: 'read, not closed',
    body: lines(make(''), get, '_, err = io.Copy(io.Discard, resp.Body)\nreturn err'),
  },
  ...(
    [
      ['g14', 'decoded', '{"a": 1}', false, 'map[string]any', 'json'],
      ['g15', 'decoded, chunked', '{"a": 1}\n', true, 'map[string]any', 'json'],
      ['g16', 'much decoded', `{"a": "${'x'.repeat(100_000)}"}`, false, 'map[string]any', 'json'],
      ['g17', 'much decoded, chunked', `{"a": "${'x'.repeat(100_000)}"}`, true, 'map[string]any', 'json'],
      ['g18', 'XML decoded', '<a>1</a>', false, 'string', 'xml'],
      ['g19', 'XML decoded, chunked', '<a>1</a>\n', true, 'string', 'xml'],
    ] as const
  ).map(([id, what, json, chunked, type, format]) => ({
    id,
    what: `shared, ${what}, not closed`,
    declarations: shared,
    body: lines(get, `var v ${type}\nreturn ${format}.NewDecoder(resp.Body).Decode(&v)`),
    server: { json, chunked },
    // The decoder stops at the end of the value, which may come without the end of the chunks.
    ...(chunked && {
      beyond: { why: 'Only the answer tells whether the decoder comes to its end.', severity: 'info' as const },
    }),
  })),
  {
    id: 'g20',
    what: 'shared, read by hand, not closed',
    declarations: shared,
    body: lines(
      get,
      `buffer := make([]byte, 4096)
for {
	if _, err := resp.Body.Read(buffer); err == io.EOF {
		return nil
	} else if err != nil {
		return err
	}
}`,
    ),
    server: { body: 1048576 },
  },
  { id: 'h', what: 'shared', declarations: shared, body: lines(get, read) },
  {
    id: 'h2',
    what: 'shared, a client a call',
    declarations: 'var shared = &http.Transport{}',
    body: lines('client := &http.Client{Transport: shared}', get, read),
  },
  { id: 'i', what: 'the default client', body: lines(`resp, err := http.Get(s.URL)\n${failed}`, read) },
  { id: 'i2', what: 'an empty client a call', body: lines('client := &http.Client{}', get, read) },
  {
    id: 'i3',
    what: 'a server that hangs',
    body: lines(`resp, err := http.Get(s.URL)\n${failed}`, read),
    server: { hang: true },
    beyond: { why: 'The connections are held until the server answers.', severity: undefined },
  },
  {
    id: 'i4',
    what: 'a server that hangs, timeout of the client',
    body: lines('client := &http.Client{Timeout: 300 * time.Millisecond}', get, read),
    server: { hang: true },
  },
  {
    id: 'j',
    what: 'a copy of the default Transport',
    body: lines('client := &http.Client{Transport: http.DefaultTransport.(*http.Transport).Clone()}', get, read),
    beyond: { why: 'The test does not wait for 90 s.', severity: 'info' },
  },
  {
    id: 'k',
    what: 'IdleTimeout of the server',
    body: lines(make(''), get, read),
    server: { idleTimeout: 300 },
    beyond: onServer,
  },
  {
    id: 'k2',
    what: 'IdleTimeout of the server, body not closed',
    body: lines(make(''), get, drop),
    server: { idleTimeout: 300 },
  },
  {
    id: 'k3',
    what: 'ReadHeaderTimeout of the server',
    body: lines(make(''), get, read),
    server: { readHeaderTimeout: 300 },
    beyond: onServer,
  },
  {
    id: 'k4',
    what: 'ReadTimeout of the server',
    body: lines(make(''), get, read),
    server: { readTimeout: 300 },
    beyond: onServer,
  },
  {
    id: 'l',
    what: 'Connection: close',
    body: lines(make(''), request, 'req.Header.Set("Connection", "close")', send, read),
  },
  {
    id: 'l2',
    what: 'Connection: close of the response',
    body: lines(make(''), get, read),
    server: { close: true },
    beyond: { why: 'Only the server knows.', severity: 'warning' },
  },
  {
    id: 'l3',
    what: 'Connection: keep-alive',
    body: lines(make(''), request, 'req.Header.Set("Connection", "keep-alive")', send, read),
  },
  { id: 'm', what: 'HTTPS', body: lines(make(secure), get, read), server: { tls: true } },
  { id: 'm2', what: 'HTTP/2', body: lines(make(http2), get, read), server: overHttp2 },
  {
    id: 'm10',
    what: 'HTTP/2, closed unread',
    body: lines(make(http2), get, close),
    server: { ...overHttp2, body: 1048576 },
  },
  {
    id: 'm3',
    what: 'HTTP/2, Close of the request',
    body: lines(make(http2), request, 'req.Close = true', send, read),
    server: overHttp2,
  },
  {
    id: 'm4',
    what: 'HTTP/2, DisableKeepAlives',
    body: lines(make(`${http2}, DisableKeepAlives: true`), get, read),
    server: overHttp2,
  },
  {
    id: 'm5',
    what: 'HTTP/2, IdleConnTimeout',
    body: lines(make(`${http2}, IdleConnTimeout: 300 * time.Millisecond`), get, read),
    server: overHttp2,
  },
  {
    id: 'm6',
    what: 'HTTP/2, CloseIdleConnections',
    body: lines(make(http2), 'defer tr.CloseIdleConnections()', get, read),
    server: overHttp2,
  },
  {
    id: 'm7',
    what: 'HTTP/2, MaxIdleConnsPerHost: -1',
    body: lines(make(`${http2}, MaxIdleConnsPerHost: -1`), get, read),
    server: overHttp2,
  },
  {
    id: 'm8',
    what: 'HTTP/2, Connection: close',
    body: lines(make(http2), request, 'req.Header.Set("Connection", "close")', send, read),
    server: overHttp2,
  },
  {
    id: 'm9',
    what: 'HTTP/2, MaxIdleConns: -1',
    body: lines(make(`${http2}, MaxIdleConns: -1`), get, read),
    server: overHttp2,
  },
  {
    id: 'n',
    what: 'a deadline on the connection',
    body: lines(
      make(`Dial: func(network, address string) (net.Conn, error) {
	conn, err := net.Dial(network, address)
	if err == nil {
		err = conn.SetDeadline(time.Now().Add(300 * time.Millisecond))
	}
	return conn, err
}`),
      get,
      read,
    ),
  },
  {
    id: 'n2',
    what: 'a connection closed by the caller',
    body: lines(
      `conn, err := s.Dial(context.Background(), "", "")\n${failed}\ndefer conn.Close()`,
      make('Dial: func(_, _ string) (net.Conn, error) { return conn, nil }'),
      get,
      read,
    ),
  },
  { id: 'n3', what: 'HEAD', body: lines(make(''), `resp, err := client.Head(s.URL)\n${failed}`, close) },
  { id: 'n4', what: 'an empty body', body: lines(make(''), get, close), server: { empty: true } },
  {
    id: 'n5',
    what: 'decoded, chunked',
    body: lines(make(''), get, decode),
    server: { json: '{"a": 1}', chunked: true },
  },
  {
    id: 'n5b',
    what: 'decoded, chunked, newline',
    body: lines(make(''), get, decode),
    server: { json: '{"a": 1}\n', chunked: true },
  },
  { id: 'n5c', what: 'decoded, newline', body: lines(make(''), get, decode), server: { json: '{"a": 1}\n' } },
  {
    id: 'n6',
    what: 'a finalizer',
    declarations: 'type holder struct{ tr *http.Transport }',
    body: lines(
      'h := &holder{tr: &http.Transport{}}',
      'runtime.SetFinalizer(h, func(h *holder) { h.tr.CloseIdleConnections() })',
      'client := &http.Client{Transport: h.tr}',
      get,
      read,
    ),
  },
  {
    id: 'n7',
    what: 'a limit above the length of the body',
    body: lines(
      make(''),
      get,
      'defer resp.Body.Close()\n_, err = io.Copy(io.Discard, io.LimitReader(resp.Body, 1<<20))\nreturn err',
    ),
  },
  {
    id: 'n8',
    what: 'a ReverseProxy with a new Transport',
    body: lines(
      'target, err := url.Parse(s.URL)',
      failed,
      'proxy := httputil.NewSingleHostReverseProxy(target)',
      'proxy.Transport = &http.Transport{}',
      'proxy.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/", nil))',
      'return nil',
    ),
  },
  {
    id: 'n9',
    what: 'a ReverseProxy without one',
    body: lines(
      'target, err := url.Parse(s.URL)',
      failed,
      'proxy := httputil.NewSingleHostReverseProxy(target)',
      'proxy.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/", nil))',
      'return nil',
    ),
  },
  {
    id: 'n10',
    what: 'a dial that fails',
    body: lines(
      make('Dial: func(_, _ string) (net.Conn, error) { return nil, io.EOF }'),
      'resp, err := client.Get(s.URL)',
      'if err != nil {\n\treturn nil\n}',
      read,
    ),
    beyond: { why: 'Where nothing is ever connected, nothing leaks.', severity: 'warning' },
  },
  {
    id: 'n11',
    what: 'RoundTrip',
    body: lines('tr := &http.Transport{}', request, `resp, err := tr.RoundTrip(req)\n${failed}`, read),
  },
  {
    id: 'n12',
    what: 'one Transport',
    declarations: 'var tr = &http.Transport{MaxIdleConns: 10}',
    body: lines('client := &http.Client{Transport: tr}', get, read),
  },
  {
    id: 'n13',
    what: 'one Transport, a host a request',
    declarations: `var (
	current *lab.Server
	client  = &http.Client{Transport: &http.Transport{DialContext: dial}}
)

func dial(ctx context.Context, network, address string) (net.Conn, error) {
	return current.Dial(ctx, network, address)
}`,
    body: lines('current = s', `resp, err := client.Get(s.Host())\n${failed}`, read),
    beyond: { why: 'A connection a host is what a pool is for.', severity: undefined },
  },
  { id: 'n14', what: 'IdleConnTimeout without a unit', body: lines(make('IdleConnTimeout: 15'), get, read) },
  {
    id: 'n15',
    what: 'shared, context cancelled before the body is read',
    declarations: shared,
    body: lines(
      'ctx, cancel := context.WithCancel(context.Background())',
      'req, err := http.NewRequestWithContext(ctx, "GET", s.URL, nil)',
      'if err != nil {\n\tcancel()\n\treturn err\n}',
      'resp, err := client.Do(req)',
      'cancel()',
      failed,
      'defer resp.Body.Close()\nio.Copy(io.Discard, resp.Body)\nreturn nil',
    ),
    server: { body: 1048576 },
  },
  { id: 'r1', what: 'a redirect', body: lines(make(''), get, read), server: { redirect: true } },
  {
    id: 'r2',
    what: 'a redirect, Close of the request',
    body: lines(make(''), request, 'req.Close = true', send, read),
    server: { redirect: true },
  },
  {
    id: 'r3',
    what: 'a redirect, Connection: close',
    body: lines(make(''), request, 'req.Header.Set("Connection", "close")', send, read),
    server: { redirect: true },
  },
  {
    id: 'r4',
    what: 'a redirect, DisableKeepAlives',
    body: lines(make('DisableKeepAlives: true'), get, read),
    server: { redirect: true },
  },
  {
    id: 'r5',
    what: 'a redirect, CloseIdleConnections',
    body: lines(make(''), 'defer tr.CloseIdleConnections()', get, read),
    server: { redirect: true },
  },
];

const packages = [
  'context',
  'encoding/json',
  'encoding/xml',
  'io',
  'net',
  'net/http',
  'net/http/httptest',
  'net/http/httputil',
  'net/url',
  'runtime',
  'time',
];

/** The package of a scenario. */
export function sourceOf({ id, body, declarations = '' }: Scenario): string {
  const text = `${declarations === '' ? '' : `${declarations}\n\n`}func Fetch(s *lab.Server) error {\n${body.replace(/^(?=.)/gm, '\t')}\n}\n`;
  const used = packages.filter((path) =>
    new RegExp(`(?<![\\w.])${path.slice(path.lastIndexOf('/') + 1)}\\.`).test(text),
  );
  return `package ${id}\n\nimport (\n${used.map((path) => `\t"${path}"\n`).join('')}\n\t"truth/lab"\n)\n\n${text}`;
}
