/** The measured ways of using net/http, one small function each: does the rule say what the sockets said? */
import { expect, test } from 'vitest';
import knowledge from '../../../src/knowledge/go-http.json' with { type: 'json' };
import { severities } from './helper.ts';

type Verdict = 'warning' | 'info' | 'silent';

const get =
  'resp, err := client.Get("http://unix/")\n\tif err != nil {\n\t\treturn err\n\t}\n\tdefer resp.Body.Close()\n\tio.Copy(io.Discard, resp.Body)';
const send = get.replace('client.Get("http://unix/")', 'client.Do(req)');
const drop = '_, err := client.Get("http://unix/")\n\tif err != nil {\n\t\treturn err\n\t}';
const make = (transport: string, client = '') =>
  `tr := &http.Transport{${transport}}\n\tclient := &http.Client{Transport: tr${client}}`;
const request = 'req, err := http.NewRequest("GET", "http://unix/", nil)\n\tif err != nil {\n\t\treturn err\n\t}';

/** Row of the measured table, what the function does, what the rule says of it. */
const rows: readonly (readonly [row: string, body: string, verdict: Verdict])[] = [
  ['a nothing set', `${make('')}\n\t${get}`, 'warning'],
  ['a3 DialContext', `${make('DialContext: dialSocket')}\n\t${get}`, 'warning'],
  ['a4 client timeout', `${make('', ', Timeout: 2 * time.Second')}\n\t${get}`, 'warning'],
  [
    'a5 context',
    `${make('')}
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, "GET", "http://unix/", nil)
	${send}`,
    'warning',
  ],
  [
    'a6 other timeouts',
    `${make('ResponseHeaderTimeout: time.Second, TLSHandshakeTimeout: time.Second, ExpectContinueTimeout: time.Second')}\n\t${get}`,
    'warning',
  ],
  ['a7 body not closed', `${make('')}\n\t${drop}`, 'warning'],
  ['a8 garbage collection', `${make('')}\n\t${get}\n\truntime.GC()`, 'warning'],
  ['b IdleConnTimeout', `${make('IdleConnTimeout: 2 * time.Second')}\n\t${get}`, 'info'],
  ['b2 IdleConnTimeout of 90 s', `${make('IdleConnTimeout: 90 * time.Second')}\n\t${get}`, 'info'],
  ['b3 IdleConnTimeout zero', `${make('IdleConnTimeout: 0')}\n\t${get}`, 'warning'],
  ['c MaxIdleConns 1', `${make('MaxIdleConns: 1')}\n\t${get}`, 'warning'],
  ['c2 MaxIdleConnsPerHost 1', `${make('MaxIdleConnsPerHost: 1')}\n\t${get}`, 'warning'],
  ['c3 MaxIdleConnsPerHost -1', `${make('MaxIdleConnsPerHost: -1')}\n\t${get}`, 'silent'],
  ['c4 MaxIdleConns -1', `${make('MaxIdleConns: -1')}\n\t${get}`, 'silent'],
  ['c5 MaxConnsPerHost 1', `${make('MaxConnsPerHost: 1')}\n\t${get}`, 'warning'],
  ['d DisableKeepAlives', `${make('DisableKeepAlives: true')}\n\t${get}`, 'silent'],
  ['d, false', `${make('DisableKeepAlives: false')}\n\t${get}`, 'warning'],
  ['d2 DisableKeepAlives, body not closed', `${make('DisableKeepAlives: true')}\n\t${drop}`, 'silent'],
  [
    'd3 KeepAlive of the dialer',
    `${make('DialContext: (&net.Dialer{KeepAlive: -1}).DialContext')}\n\t${get}`,
    'warning',
  ],
  ['e Close of the request', `${make('')}\n\t${request}\n\treq.Close = true\n\t${send}`, 'silent'],
  ['e3 Close after Do', `${make('')}\n\t${request}\n\t${send}\n\treq.Close = true`, 'warning'],
  ['e, false', `${make('')}\n\t${request}\n\treq.Close = false\n\t${send}`, 'warning'],
  ['f CloseIdleConnections of the Transport', `${make('')}\n\tdefer tr.CloseIdleConnections()\n\t${get}`, 'silent'],
  ['f2 CloseIdleConnections of the client', `${make('')}\n\tdefer client.CloseIdleConnections()\n\t${get}`, 'silent'],
  [
    'f3 CloseIdleConnections of a client around a wrapper',
    `client := &http.Client{Transport: tracing{next: &http.Transport{}}}\n\tdefer client.CloseIdleConnections()\n\t${get}`,
    'warning',
  ],
  ['f4 CloseIdleConnections before the body is read', `${make('')}\n\t${get}\n\ttr.CloseIdleConnections()`, 'silent'],
  ['g6 closed without reading', `${make('')}\n\t${get.replace(/\n\tio.*/, '')}`, 'warning'],
  [
    'n3 HEAD, closed without reading',
    `${make('')}\n\t${get.replace(/\n\tio.*/, '').replace('Get', 'Head')}`,
    'warning',
  ],
  ['h a shared Transport', `client := &http.Client{Transport: shared}\n\t${get}`, 'silent'],
  ['i the default client', 'client := http.DefaultClient\n\t' + get, 'silent'],
  ['i2 a new client around nothing', `client := &http.Client{}\n\t${get}`, 'silent'],
  [
    'j a copy of the default Transport',
    `client := &http.Client{Transport: http.DefaultTransport.(*http.Transport).Clone()}\n\t${get}`,
    'info',
  ],
  [
    'j, without its timeout',
    `tr := http.DefaultTransport.(*http.Transport).Clone()\n\ttr.IdleConnTimeout = 0\n\tclient := &http.Client{Transport: tr}\n\t${get}`,
    'warning',
  ],
  ['l Connection: close', `${make('')}\n\t${request}\n\treq.Header.Set("Connection", "close")\n\t${send}`, 'silent'],
  [
    'l, in a literal',
    `${make('')}\n\treq := &http.Request{Method: "GET", Header: http.Header{"Connection": []string{"close"}}}\n\t${send}`,
    'silent',
  ],
  [
    'l3 Connection: keep-alive',
    `${make('')}\n\t${request}\n\treq.Header.Set("Connection", "keep-alive")\n\t${send}`,
    'warning',
  ],
  ['m HTTPS', `${make('TLSClientConfig: &tls.Config{}')}\n\t${get}`, 'warning'],
  ['m2 HTTP/2', `${make('ForceAttemptHTTP2: true')}\n\t${get}`, 'warning'],
  [
    'm7 HTTP/2 and MaxIdleConnsPerHost -1',
    `${make('ForceAttemptHTTP2: true, MaxIdleConnsPerHost: -1')}\n\t${get}`,
    'warning',
  ],
  ['m9 HTTP/2 and MaxIdleConns -1', `${make('ForceAttemptHTTP2: true, MaxIdleConns: -1')}\n\t${get}`, 'warning'],
  [
    'm4 HTTP/2 and DisableKeepAlives',
    `${make('ForceAttemptHTTP2: true, DisableKeepAlives: true')}\n\t${get}`,
    'silent',
  ],
  [
    'n a deadline on the connection',
    `${make(`Dial: func(network, address string) (net.Conn, error) {
		conn, err := net.Dial(network, address)
		if err == nil {
			conn.SetDeadline(time.Now().Add(2 * time.Second))
		}
		return conn, err
	}`)}\n\t${get}`,
    'info',
  ],
  ['n, in a function of the package', `${make('Dial: dialWithDeadline')}\n\t${get}`, 'info'],
  [
    'n2 a connection closed by the caller',
    `conn, err := net.Dial("unix", socket)
	defer conn.Close()
	${make('Dial: func(_, _ string) (net.Conn, error) { return conn, nil }')}
	${get}`,
    'silent',
  ],
  ['n3 HEAD', `${make('')}\n\t${get.replace('.Get', '.Head')}`, 'warning'],
  [
    'n6 a finalizer',
    `${make('')}\n\truntime.SetFinalizer(client, func(c *http.Client) { c.CloseIdleConnections() })\n\t${get}`,
    'silent',
  ],
  [
    'n8 a ReverseProxy with a new Transport',
    'proxy := &httputil.ReverseProxy{Director: director, Transport: &http.Transport{}}\n\tproxy.ServeHTTP(writer, incoming)',
    'warning',
  ],
  [
    'n9 a ReverseProxy without one',
    'proxy := &httputil.ReverseProxy{Director: director}\n\tproxy.ServeHTTP(writer, incoming)',
    'silent',
  ],
  ['n11 RoundTrip', `tr := &http.Transport{}\n\t${request}\n\t_, err = tr.RoundTrip(req)`, 'warning'],
  ['n14 IdleConnTimeout without a unit', `${make('IdleConnTimeout: 15')}\n\t${get}`, 'info'],
  ['new', `tr := new(http.Transport)\n\tclient := &http.Client{Transport: tr}\n\t${get}`, 'warning'],
  ['a variable', `var tr http.Transport\n\tclient := &http.Client{Transport: &tr}\n\t${get}`, 'warning'],
  [
    'a variable, closed',
    `var tr http.Transport\n\tdefer tr.CloseIdleConnections()\n\tclient := &http.Client{Transport: &tr}\n\t${get}`,
    'silent',
  ],
];

const around = (body: string) => `package fetch

import (
	"context"
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"net/http/httputil"
	"runtime"
	"time"
)

var shared = &http.Transport{}

type tracing struct{ next http.RoundTripper }

func (t tracing) RoundTrip(req *http.Request) (*http.Response, error) {
	return t.next.RoundTrip(req)
}

func dialWithDeadline(network, address string) (net.Conn, error) {
	conn, err := net.Dial(network, address)
	if err != nil {
		return nil, err
	}
	return conn, conn.SetDeadline(time.Now().Add(time.Minute))
}

func Fetch() error {
	${body}
	return nil
}
`;

test.each(rows)('%s', (_row, body, verdict) => {
  expect(severities({ 'fetch/fetch.go': around(body) })).toEqual(verdict === 'silent' ? [] : [verdict]);
});

test.each(knowledge.settings.map(({ name }) => name))(
  '%s, known to the rule, is among the measured settings',
  (name) => {
    expect(rows.some(([, body]) => new RegExp(`\\b${name}\\b`).test(body))).toBe(true);
  },
);
