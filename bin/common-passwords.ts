/** What people think of when asked for a password: everyday words, names, places, beliefs, games, and hospitals' own. */
const words =
  `password passwort passcode secret admin administrator welcome login letmein changeme default master
user guest test testing temp temporary hello computer internet system server access account private security
hospital clinic doctor nurse patient health medical medicine pharmacy surgery ward reception laboratory emergency
ambulance cardiology radiology dentist surgeon matron wardline medicare healthcare wellness vaccine insulin aspirin
stethoscope receptionist pharmacist department appointment admission discharge records monday tuesday wednesday
thursday friday saturday sunday january february march april may june july august september october november
december spring summer autumn winter morning evening midnight today tomorrow yesterday red blue green yellow orange
purple black white silver golden gold pink brown rainbow sunshine moonlight starlight flower rose lily jasmine tulip
lotus garden forest river ocean mountain island desert thunder lightning diamond crystal pearl dragon tiger lion
eagle falcon wolf monkey horse elephant panther leopard dolphin butterfly kitten puppy chicken spider turtle rabbit
football cricket hockey tennis basketball baseball soccer volleyball badminton boxing wrestling cycling running
swimming champion captain winner player batman superman spiderman ironman pokemon minecraft starwars naruto princess
prince queen king angel devil magic wizard warrior hunter killer shadow ghost ninja pirate soldier sniper cowboy
family mother father sister brother mummy daddy mama papa grandma baby darling sweetheart honey lover iloveyou
loveyou forever friend friends freedom liberty peace trust heaven paradise blessed believe faith jesus allah
bismillah inshallah mashallah alhamdulillah subhanallah muhammad mohammad ahmed ahmad ali hassan hussain hussein
umar omar usman osman bilal hamza ibrahim ismail yusuf yousaf imran nawaz shahid tariq asif kashif faisal salman
adnan kamran waqar zahid rashid khalid javed aslam akram rizwan babar fatima ayesha aisha zainab maryam khadija
amina sana hina nadia saima sadia rabia bushra farah mehwish noor iqra kiran uzma shazia rukhsana nasreen parveen
raj rahul rohit amit sumit vijay ajay sanjay rajesh suresh ramesh mahesh ganesh krishna shiva hanuman durga lakshmi
saraswati arjun aditya akash anil sunil deepak manoj pankaj prakash ravi kumar sharma verma gupta singh patel khan
malik chaudhry butt mirza qureshi siddiqui ansari sheikh shaikh syed raja priya pooja neha anjali sunita anita
kavita rekha meena geeta seema asha usha radha sita gita divya sneha shreya nisha ritu john james robert michael
william david richard joseph thomas charles daniel matthew anthony andrew joshua kevin brian george edward jason
mary patricia jennifer linda elizabeth barbara susan jessica sarah karen nancy lisa michelle ashley amanda melissa
pakistan india karachi lahore islamabad rawalpindi faisalabad multan peshawar quetta sialkot gujranwala hyderabad
mumbai delhi bangalore chennai kolkata pune jaipur lucknow kanpur nagpur ahmedabad surat kerala punjab sindh
balochistan kashmir bihar gujarat rajasthan america england london newyork canada australia germany dubai saudi
arabia makkah madinah bangladesh dhaka nepal zindabad hindustan bharat google facebook youtube whatsapp samsung
android iphone apple microsoft windows nokia toyota honda suzuki ferrari mercedes corolla yamaha chocolate coffee
pizza burger biryani samosa mango banana cherry strawberry pepper sugar cookie butter cheese monkey123 dragonfly
qwerty qwertyuiop asdfgh asdfghjkl zxcvbn zxcvbnm azerty abcdef abcdefgh abcd abc iloveu lovely beautiful handsome
happy lucky smile sunny music guitar piano dancing singing movie cinema school college university student teacher
office manager director company business money dollar rupee million bank police army navy pilot engineer lawyer`
    .split(/\s+/)
    .filter(Boolean);

const tails = [
  "",
  ..."1 2 3 7 01 07 10 11 12 13 21 22 23 69 77 88 99 00 000 007 100 110 111 121 123 222 234 313 321 333 420 444 456 500 555 666 777 786 789 888 911 987 999 1000 1111 1122 1212 1234 1313 2222 2580 3333 4321 4444 5555 5678 6666 7777 7860 7890 8888 9999 0000 11111 12345 54321 00000 99999 111111 123123 123321 123456 654321 000000 1234567 12345678 123456789 1234567890 qwerty abc xyz love boy girl one me".split(
    " ",
  ),
  ...Array.from({ length: 81 }, (_, index) => String(1950 + index)),
];

/** The look-up takes other signs for these two. */
const signs = ["!", "@"];

const rows = [
  "`1234567890-=",
  "qwertyuiop[]",
  "asdfghjkl;'",
  "zxcvbnm,./",
  "azertyuiop",
  "qsdfghjklm",
  "abcdefghijklmnopqrstuvwxyz",
  "01234567890",
];
const columns = ["1qaz", "2wsx", "3edc", "4rfv", "5tgb", "6yhn", "7ujm", "8ik,", "9ol.", "0p;/"];

const backwards = (text: string) => [...text].reverse().join("");

function* straightWalks(): Generator<string> {
  for (const row of rows)
    for (const line of [row, backwards(row)])
      for (let from = 0; from < line.length; from += 1)
        for (let to = from + 3; to <= line.length; to += 1) yield line.slice(from, to);
}

function* walks(): Generator<string> {
  const straight = [...new Set(straightWalks())];
  for (const walk of straight) {
    yield walk;
    yield walk + walk;
    yield walk + backwards(walk);
    for (const tail of ["1", "12", "123", "1234", "!", "@123"]) yield walk + tail;
  }
  const down = [...columns, ...columns.map(backwards)];
  for (const first of down)
    for (const second of down) {
      yield first + second;
      for (const third of columns) yield first + second + third;
    }
  for (const [index] of columns.entries()) yield columns.slice(index).join("");
  const letters = [
    "qwer",
    "asdf",
    "zxcv",
    "qwe",
    "asd",
    "zxc",
    "qaz",
    "wsx",
    "edc",
    "123",
    "1234",
    "321",
    "4321",
  ];
  for (const first of letters)
    for (const second of letters) {
      yield first + second;
      for (const third of letters) yield first + second + third;
    }
}

function* repetitions(): Generator<string> {
  const characters = [..."abcdefghijklmnopqrstuvwxyz0123456789*.-_!@#"];
  for (const one of characters) for (let length = 8; length <= 24; length += 1) yield one.repeat(length);
  for (const one of characters)
    for (const other of characters)
      for (let times = 4; times <= 8; times += 1) yield (one + other).repeat(times);
  for (let number = 0; number < 1000; number += 1)
    for (let times = 3; times <= 5; times += 1) yield String(number).padStart(3, "0").repeat(times);
  for (let number = 0; number < 10_000; number += 1) yield String(number).padStart(4, "0").repeat(2);
}

function* dates(): Generator<string> {
  const two = (number: number) => String(number).padStart(2, "0");
  for (let year = 1940; year <= 2030; year += 1)
    for (let month = 1; month <= 12; month += 1)
      for (let day = 1; day <= 31; day += 1) {
        yield `${two(day)}${two(month)}${year}`;
        yield `${year}${two(month)}${two(day)}`;
      }
}

function* fromWords(): Generator<string> {
  for (const word of words) {
    for (const tail of tails) {
      yield word + tail;
      if (tail === "") continue;
      yield `${word}@${tail}`;
      yield `${word}${tail}!`;
    }
    for (const sign of signs) {
      yield word + sign;
      yield word + sign + sign;
    }
    yield word + word;
    yield backwards(word);
    for (const front of ["my", "the", "i", "123", "1234", "mr", "dr", "iam", "love"]) yield front + word;
  }
  const beginnings = [
    "hospital",
    "welcome",
    "password",
    "admin",
    "doctor",
    "nurse",
    "love",
    "super",
    "happy",
  ];
  for (const first of beginnings)
    for (const word of words) {
      yield first + word;
      yield word + first;
      yield `${first}${word}123`;
    }
}

/** Shorter ones no policy lets pass anyway. */
const shortest = 8;

/** The passwords that are tried first, in small letters: some hundred thousand, always the same. */
export function commonPasswords(): ReadonlySet<string> {
  const all = new Set<string>();
  for (const source of [fromWords, walks, repetitions, dates])
    for (const word of source()) if (word.length >= shortest) all.add(word);
  return all;
}
