// Statements and declarations that are easily misread. They are only parsed.
package misread

import (
	. "a"
	_ "b"; c `d`
)

import "e"
import ()

func literalsAndBlocks() {
	if x == (T{}) {}
	if f(T{a: 1}) {}
	if x == []T{{1}, {2}}[0] {}
	if func() bool { return T{}.ok }() {}
	for _, x := range []T{{1}} {}
	for range struct{}{} {}
	switch x := (T{}); x {}
	switch T := x.(type) { case nil, *T, []p.T, func(a) b, map[k]v: a; default: }
	switch y := 1; x := y.(type) {}
	switch a; {}
	x = T{a: {b}, "c": d, {e}: f, [2]int{}: {1, 2},}
	x = [...]string{1: "a", b: c}
	x = map[string]struct{ a int }{"a": {1}}.b
	x = G[int]{a: b}.c
	x = p.G[int, []string]{}
	x = &p.T{}
}

func callsAndConversions() {
	new(T)
	make([]T, 1, n)
	make(chan<- int)
	new = make
	x = []byte(s)
	x = [4]int(y)
	x = (func(int) string)(f)
	x = func(a, b int) (c d) { return }
	x = <-chan int(y)
	x = (<-chan int)(y)
	x = interface{ m() }(y)
	x = (*[]T)(y)
	x = f[int, string](y, z)
	x = f[[]int]()
	x = f[*a.T](b, c)
	x = f[*T].g
	x = (*T).m
	f(a, b...)
	f(func() { a() },)
	go func() {}()
	defer x.y[0].z(1)(2)
}

func operators() {
	x = a &^ b | c ^ d % e << f >> g
	x = a == b && c != d || !e && f <= -g
	x = a - -b + +c ^ ^d
	x = *&a
	x = &*a.b
	x <- <-y
	*p++
	a.b--
	a, b[c], *d = d, c.b, *a
	a &^= b
	a <<= 2
	x = a[:] == a[1:] || a[:b] == a[1:2:3] || a[:2:3] == nil
	x = a +
		b.
			c(
				d,
			)
}

func literals() {
	x = 0x1p-2 + 1_000 + 0b1_0 + 0o7 + 017 + 0 + .5 + 1. + 1e+5 + 0x1.8p1 + 0X_F
	x = 1i + 0x1i + 1.5e2i
	x = 'a' + '\n' + '\'' + '\\' + '\x41' + '\u00e9' + '\101' + '世' + '😀' + '"' + '`'
	x = "" + "a\n\x41b\u00e9\U0001F600\101\"😀" + `` + ` a\n"b' // no comment` + "// none"
	名, é1 := true, iota
}

func statements() {
L:
	for { break L; continue L; goto L }
	for ;; {}
	for i := 0; i < n; {}
	for ; a; b++ {}
	for i, j := 0, 1; ; i, j = j, i {}
	for range 10 {}
	for i := range f {}
	for k, v = range m {}
	if a := 1; b {} else if c {} else if d(); e {} else {}
	select { case v := <-c: x; case c <- v: case <-c: ; case a, b[1] = <-c: default: y }
	switch { case a, b: fallthrough; case c: default: }
	{ a; b; }
	var a, b int = 1, 2
	var ( c T; d = 1 )
	const ( e T = iota; f; g, h )
	type ( A int; B = C; D[P any] struct{} )
	return func() { return }, T{}
M: }

type S struct { a, b int "t"; *T; p.T `x`; *p.T; G[int]; p.G[int]; c [4]int; d []x; e G[int]; f [n]T
	g [n + 1][m]p.T; h func(a) b; _ int }
type I interface { io.Reader; ~int | ~string | *T; M(a int) (b, c); N() func(); G[int]; m /* c */ (); comparable }
type A [N]int
type B [N * 2]int
type C [p.x + f(1)]int
type D[P any] struct{}
type E[P interface{ m() }, Q, R ~[]P] func(P, Q) R
type F[P *C,] int
type G[P *[]C | int] int
type H[P []C] [2]P
type J [2]struct { a chan (<-chan int); b <-chan chan int; c (T) }
type K[P a.B, Q G[P]] = G[P]

func a(int, string, ...T)
func b(a, b int, c ...string) (d int, err error) {}
func c(a.b, *c, []d, G[int]) func(a [n]int, b G[int]) (e) { return nil }
func d[T, U any, V ~int | string](a T, b [n]U) map[T]chan V
func (t *T[P, _]) e() {}
func (T) f(_ int,
	b func(),
) struct{} {
	return T{}
}
