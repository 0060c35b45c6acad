"""What reads like a refusal and is none: the expressions that tell refusals leave it out."""

_COUNTED = (
    r"(?:(?:[€$£] ?)?\d|(?:one|two|three|four|five|six|seven|eight|nine|ten|twenty|fifty|half)\b"
    r"|a (?:few|couple|dozen|hundred|thousand)\b)"
)
_FELT = (
    r"ador|admir|agree|ask|be|becom|believ|blush|chuckl|compar|cry|enjoy|fall|feel|giggl|grinn|hop|imagin|laugh|lik"
    r"|look|lov|marvel|notic|remember|say|see|sigh|smil|star|suspect|think|want|wonder|worry"
)
"""What one cannot help doing."""
NO_IDIOM = (
    r"(?! (?:be able to )?(?:\w+ly |even |just )?(?:"
    rf"help (?:but|it|myself|(?:{_FELT})ing)\b"
    rf"|(?:offer|give|provide|support|create|generate|share|do)(?: \w+)?"
    rf" (?:more|less|fewer|better|higher|lower)(?: \w+)? than {_COUNTED}"
    r"|tell you how (?:much|happy|glad|grateful|excited|sorry|many)\b"
    r"|recommend (?:[\w'’]+ ){1,4}(?:highly )?enough\b"
    r"))"
)
"""Stands behind “I can’t”: what follows is not “help smiling” or “offer you more than 40 euros”."""
NO_TITLE = (
    r"(?!(?:[ /-](?!(?:I|my|model|assistant|language|system|developed|trained|created|built|made|designed"
    r"|that|who|and|with|without|by|for|from)\b)\w+){0,2}[ /-](?:engineer|researcher|scientist|developer"
    r"|programmer|ethicist|expert|specialist|consultant|student|professor|lecturer|teacher|trainer|enthusiast"
    r"|architect|analyst|manager|lead|leader|founder|entrepreneur|investor|artist|author|writer|journalist"
    r"|lawyer|designer|strategist|evangelist|advisor|adviser|officer|intern|practitioner|company|startup"
    r"|start-up|firm|lab|agency|hub|conference|course|chip)s?\b)"
)
"""Stands behind “an AI”: what follows does not make a profession or a company of it."""
