"""What languages are called, in English, in themselves and in some of their neighbours."""

import re
from functools import cache

_TABLE = """
af Afrikaans | afrikaans
am Amharic | amhari አማርኛ
an Aragonese | aragon
ar Arabic | arab árab arap عرب арабск 阿拉伯 アラビア語 아랍어
ary Moroccan Arabic | arab darija
arz Egyptian Arabic | arab
as Assamese | assam অসমীয়া
az Azerbaijani | azerba azeri азербайджан
ba Bashkir | bashkir
be Belarusian | belarus weißruss biélorus bieloruss białorus беларус белорус
bg Bulgarian | bulgar búlgar bułgar българск болгарск
bn Bengali | bengal bangla বাংলা
br Breton | breton
bs Bosnian | bosn bośniac bosansk
ca Catalan | catalan catalá català katalan kataloń каталан
crh Crimean Tatar | crimean tatar
cs Czech | czech tschech tchèq tcheq checo checa tchec ceco tsjech czesk çek česk češt чешск
cy Welsh | welsh walis gallois gal[ée]s gallese cymraeg
da Danish | danis dänis danois dan[ée]s danese dinamarqu deens duńsk danca danimarka dansk датск
de German | german deutsch allemand alem[aáã] tedesc duits niemieck alman tysk němčin německ német немецк
  німецьк 德语 德文 ドイツ語 독일어
dz Dzongkha | dzongkha
el Greek | greek griech grec griego griega greco greca grego grega grieks greck yunan ελλην греческ 希腊语
  ギリシャ語
en English | englis anglais ingl[éeê]s engels angielsk ingiliz englant anglič anglick anglès angol englez
  inggris αγγλικ английск англійськ انجليز إنجليز انگلیس אנגלית अंग्रेज อังกฤษ 英語 英语 英文 영어
eo Esperanto | esperant
es Spanish | spanis espagnol espa[nñ]ol castellan castilian kastil spagnol espanhol spaans hiszpańsk
  ispanyol spansk španěl испанск іспанськ 西班牙 スペイン語 스페인어
et Estonian | eston estnis eesti эстонск
eu Basque | basque baskis vasco vasca euskera euskar
fa Persian | persian persisch persisk persan farsi فارسی персидск
fi Finnish | finnis finnois finland[ée]s finés finska finsk fińsk fince suome suomi финск
fo Faroese | faro färö føroy
fr French | french franz[öo]s fran[çc]ai franc[ée]s français francês frans francusk francouz француз 法语
  法文 フランス語 프랑스어
fy Frisian | frisian fries frysk
ga Irish | irish irisch irlandais irland[ée]s gaeilge gaelic
gd Scottish Gaelic | gaelic gàidhlig
gl Galician | galic galego galicis galicien
grc Ancient Greek | greek griech grec
gu Gujarati | gujarat ગુજરાતી
ha Hausa | hausa
hbo Biblical Hebrew | hebr
he Hebrew | hebr hébr ebraic hebraj ibrani иврит עברית
hi Hindi | hindi हिन्दी हिंदी хинди
hr Croatian | croat kroat chorwac hırvat hrvatsk
ht Haitian Creole | haiti haïti kreyòl creole
hu Hungarian | hungar ungar hongrois hongaars húngar ungher węgiersk macarca magyar венгерск
hy Armenian | armen armén հայերեն армянск
id Indonesian | indones indonés indonez endonez
ig Igbo | igbo
is Icelandic | iceland isländ islandais island[ée]s íslensk
it Italian | italian italien italiaans włosk итальянск італійськ 意大利 イタリア語 이탈리아어
ja Japanese | japanes japanis japanska japonais japon[ée]s japonca japoń giappones японск
  日本語 日语 日文 일본어
jv Javanese | javan jawa
ka Georgian | georgi géorg ქართულ грузинск
kab Kabyle | kabyl taqbaylit
kk Kazakh | kazakh kasach қазақ казахск
km Khmer | khmer ខ្មែរ
kn Kannada | kannada ಕನ್ನಡ
ko Korean | korean koreaans koreańsk kore[ac] corean coreano coréen корейск 한국어 한국말 韩语 韓国語
ku Kurdish | kurd
ky Kyrgyz | kyrgyz kirgis кыргыз
la Latin | latin latein łacin латин латын
lb Luxembourgish | luxembourg luxemburg lëtzebuerg
lg Luganda | luganda ganda
lij Ligurian | ligur
ln Lingala | lingala
lo Lao | lao! laot ລາວ
lt Lithuanian | lithuan litau lituan litew lietuvi литовск
lv Latvian | latvi lettis letton let[oó]n łotew латышск
mg Malagasy | malagas malgach
mk Macedonian | macedon mazedon macédon македонск
ml Malayalam | malayalam മലയാളം
mn Mongolian | mongol монгол
mr Marathi | marathi मराठी
ms Malay | malay! malaiis malaio melayu malaisien malais!
mt Maltese | maltes malti
my Burmese | burm birman မြန်မာ
nb Norwegian | norweg norvég norveg norueg noors norwesk norveç norsk bokmål норвежск
ne Nepali | nepal नेपाली
nl Dutch | dutch niederländ holländ néerland neerland hollandais! holand[ée]s olandes nederland niderlandzk
  holendersk felemenk hollandaca нидерланд голландск 荷兰 オランダ語
nn Norwegian | norweg norvég norveg norueg noors norwesk norveç norsk nynorsk норвежск
no Norwegian | norweg norvég norveg norueg noors norwesk norveç norsk норвежск
nso Northern Sotho | sotho sepedi
oc Occitan | occitan
om Oromo | oromo
or Odia | odia oriya ଓଡ଼ିଆ
pa Punjabi | punjabi panjabi ਪੰਜਾਬੀ پنجابی
pcm Nigerian Pidgin | pidgin
pl Polish | polish polnis polonais polaco polaca polacc polon[êe]s polonyaca polsk lehçe польск 波兰
  ポーランド語
ps Pashto | pashto paschtu پښتو
pt Portuguese | portug portoghes portekiz португал 葡萄牙 ポルトガル語 포르투갈어
qu Quechua | quechua
ro Romanian | romanian rumän roumain ruman rumen romen roemeen rumuńsk român румынск
ru Russian | russian russis russe russo russa ruso rusa rosyjsk rusça ruski rusk русск російськ 俄语 俄文
  ロシア語 러시아어
rw Kinyarwanda | kinyarwanda
sa Sanskrit | sanskrit संस्कृत
se Northern Sami | sami saami
si Sinhala | sinhal සිංහල
sk Slovak | slovak slowak slovaq eslovac slovacc słowac slovensk словацк
sl Slovenian | sloveni slovene! slovène slovensk slovenš slowen esloven słoweń словенск
sn Shona | shona
so Somali | somal
sq Albanian | albani albanes albanais shqip arnavut албанск
sr Serbian | serb sırp srpsk српск сербск
st Sotho | sotho
sv Swedish | swedis schwedis suédois suec svedes zweeds szwedzk isveç svensk шведск 瑞典
sw Swahili | swahili suahili kiswahili
ta Tamil | tamil tamoul தமிழ்
te Telugu | telugu తెలుగు
tg Tajik | taji tadsch тоҷик таджик
th Thai | thai thaï tailand tajsk tayca ไทย тайск 泰语 タイ語 태국어
tk Turkmen | turkmen türkmen
tl Tagalog | tagalog filipin philippin
tr Turkish | turkis türkis turc turks tureck türk tyrk турецк 土耳其 トルコ語
tt Tatar | tatar татар
ug Uyghur | uyghur uigur ئۇيغۇر
uk Ukrainian | ukrain ucrain ucran ukraiń oekra україн украин
ur Urdu | urdu اردو
uz Uzbek | uzbek usbek oʻzbek узбек
vec Venetian | venet
vi Vietnamese | vietnam wietnam việt вьетнам 越南 ベトナム語 베트남어
vo Volapük | volap
wa Walloon | walloon wallon
wuu Wu Chinese | wu! shanghaines 上海 吴语
xh Xhosa | xhosa
yo Yoruba | yoruba yorùbá
yue Cantonese | cantones kantones 粤语 廣東話 广东话
zh Chinese | chines chinois chino chin[êe]s cines chińsk çin mandarin cantones kantones китайск 中文 汉语
  漢語 普通话 中国語 中国语 중국어
zu Zulu | zulu
"""
"""Code, name in English, and beginnings of words that name it; with "!" the whole word."""
_ROWS = [row.split(" | ") for row in _TABLE.replace("\n  ", " ").strip().split("\n")]
NAMES = dict(head.split(" ", 1) for head, _ in _ROWS)
"""In English, by code (ISO 639-1, or 639-3 where that has none)."""
_BEGINNINGS = {head.split(" ", 1)[0]: beginnings.split() for head, beginnings in _ROWS}
_SPACED = re.compile("[A-Za-z\u00c0-\u058f]")
"""Letters of scripts in which a name begins a word."""


def language_name(code: str) -> str:
    """In English; the code in quotation marks where it is not known."""
    return NAMES.get(code, f"“{code}”")


def names_language(text: str, code: str) -> bool:
    """Whether a text speaks of a language by its name."""
    pattern = _pattern(code)
    return pattern is not None and pattern.search(text) is not None


@cache
def _pattern(code: str) -> re.Pattern[str] | None:
    beginnings = _BEGINNINGS.get(code)
    if beginnings is None:
        return None
    spaced = [word.replace("!", r"\b") for word in beginnings if _SPACED.match(word)]
    others = [word for word in beginnings if not _SPACED.match(word)]
    return re.compile("|".join([rf"(?<![^\W\d_])(?:{'|'.join(spaced)})", *others]), re.IGNORECASE)
