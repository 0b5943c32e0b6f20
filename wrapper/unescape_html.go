package wrapper

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// htmlEscape undoes the reference that text begins with, such as &amp; &#38; or &#x26;.
func htmlEscape(text string) (plain string, length int) {
	const longest = 32 // of all references
	end := strings.IndexByte(text[:min(len(text), longest)], ';')
	if end < 2 {
		return "", 0
	}
	name := text[1:end]
	if name[0] == '#' {
		if plain = htmlNumber(name[1:]); plain == "" {
			return "", 0
		}
		return plain, end + 1
	}
	_, after, found := strings.Cut(htmlNames, " "+name+"=")
	if !found || strings.ContainsAny(name, " =") {
		return "", 0
	}
	char, _ := utf8.DecodeRuneInString(after)
	return string(char), end + 1
}

// htmlNumber returns the character of a decimal number, or of a hexadecimal one after an x.
func htmlNumber(number string) string {
	base := 10
	if number != "" && number[0]|0x20 == 'x' {
		number, base = number[1:], 16
	}
	code, err := strconv.ParseUint(number, base, 32)
	if err != nil || code == 0 || code > utf8.MaxRune {
		return ""
	}
	return string(rune(code))
}

// htmlNames are the names of HTML 4, and those of HTML 5 for ASCII: name=character, between spaces.
// Package html has ten times as many, and so makes a program 0.07 MB larger.
const htmlNames = "" +
	" Tab=\t NewLine=\n excl=! QUOT=\" quot=\" num=# dollar=$ percnt=% AMP=& amp=& apos=' lpar=( rpar=) ast=* " +
	"midast=* plus=+ comma=, period=. sol=/ colon=: semi=; LT=< lt=< equals== GT=> gt=> quest=? commat=@ " +
	"lbrack=[ lsqb=[ bsol=\\ rbrack=] rsqb=] Hat=^ UnderBar=_ lowbar=_ DiacriticalGrave=` grave=` lbrace={ " +
	"lcub={ VerticalLine=| verbar=| vert=| rbrace=} rcub=} nbsp=\u00a0 iexcl=¡ cent=¢ pound=£ curren=¤ yen=¥ " +
	"brvbar=¦ sect=§ uml=¨ copy=© ordf=ª laquo=« not=¬ shy=\u00ad reg=® macr=¯ deg=° plusmn=± sup2=² sup3=³ " +
	"acute=´ micro=µ para=¶ middot=· cedil=¸ sup1=¹ ordm=º raquo=» frac14=¼ frac12=½ frac34=¾ iquest=¿ " +
	"Agrave=À Aacute=Á Acirc=Â Atilde=Ã Auml=Ä Aring=Å AElig=Æ Ccedil=Ç Egrave=È Eacute=É Ecirc=Ê Euml=Ë " +
	"Igrave=Ì Iacute=Í Icirc=Î Iuml=Ï ETH=Ð Ntilde=Ñ Ograve=Ò Oacute=Ó Ocirc=Ô Otilde=Õ Ouml=Ö times=× " +
	"Oslash=Ø Ugrave=Ù Uacute=Ú Ucirc=Û Uuml=Ü Yacute=Ý THORN=Þ szlig=ß agrave=à aacute=á acirc=â atilde=ã " +
	"auml=ä aring=å aelig=æ ccedil=ç egrave=è eacute=é ecirc=ê euml=ë igrave=ì iacute=í icirc=î iuml=ï eth=ð " +
	"ntilde=ñ ograve=ò oacute=ó ocirc=ô otilde=õ ouml=ö divide=÷ oslash=ø ugrave=ù uacute=ú ucirc=û uuml=ü " +
	"yacute=ý thorn=þ yuml=ÿ OElig=Œ oelig=œ Scaron=Š scaron=š Yuml=Ÿ fnof=ƒ circ=ˆ tilde=˜ Alpha=Α Beta=Β " +
	"Gamma=Γ Delta=Δ Epsilon=Ε Zeta=Ζ Eta=Η Theta=Θ Iota=Ι Kappa=Κ Lambda=Λ Mu=Μ Nu=Ν Xi=Ξ Omicron=Ο Pi=Π " +
	"Rho=Ρ Sigma=Σ Tau=Τ Upsilon=Υ Phi=Φ Chi=Χ Psi=Ψ Omega=Ω alpha=α beta=β gamma=γ delta=δ epsilon=ε zeta=ζ " +
	"eta=η theta=θ iota=ι kappa=κ lambda=λ mu=μ nu=ν xi=ξ omicron=ο pi=π rho=ρ sigmaf=ς sigma=σ tau=τ " +
	"upsilon=υ phi=φ chi=χ psi=ψ omega=ω thetasym=ϑ upsih=ϒ piv=ϖ ensp=\u2002 emsp=\u2003 thinsp=\u2009 " +
	"zwnj=\u200c zwj=\u200d lrm=\u200e rlm=\u200f ndash=– mdash=— lsquo=‘ rsquo=’ sbquo=‚ ldquo=“ rdquo=” " +
	"bdquo=„ dagger=† Dagger=‡ bull=• hellip=… permil=‰ prime=′ Prime=″ lsaquo=‹ rsaquo=› oline=‾ frasl=⁄ " +
	"euro=€ image=ℑ weierp=℘ real=ℜ trade=™ alefsym=ℵ larr=← uarr=↑ rarr=→ darr=↓ harr=↔ crarr=↵ lArr=⇐ " +
	"uArr=⇑ rArr=⇒ dArr=⇓ hArr=⇔ forall=∀ part=∂ exist=∃ empty=∅ nabla=∇ isin=∈ notin=∉ ni=∋ prod=∏ sum=∑ " +
	"minus=− lowast=∗ radic=√ prop=∝ infin=∞ ang=∠ and=∧ or=∨ cap=∩ cup=∪ int=∫ there4=∴ sim=∼ cong=≅ asymp=≈ " +
	"ne=≠ equiv=≡ le=≤ ge=≥ sub=⊂ sup=⊃ nsub=⊄ sube=⊆ supe=⊇ oplus=⊕ otimes=⊗ perp=⊥ sdot=⋅ lceil=⌈ rceil=⌉ " +
	"lfloor=⌊ rfloor=⌋ loz=◊ spades=♠ clubs=♣ hearts=♥ diams=♦ "
