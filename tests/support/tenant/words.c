/* words.c: what the company's people write about: English, French, German; words-world.c has the
 * rest */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "words-world.h"

/* clang-format off */
#define LIST (const char *const[])

static const TenantWords languages[3] = {
  {
    LIST{ "Order {order}: {count} × {product}", "Delivery of {order} moved to {day}", "Calibration report {order}",
      "Question about the {product}", "Quotation {order} for {firm}", "Invoice {order} is due on {day}", "Minutes of the {place} meeting",
      "Drawing {order} rev. B", "Visit to {place} on {day}", "Complaint {order}: scratched {product}", "Stock count {place}",
      "Holiday cover from {day}", "Firmware for the {product}", "Trade fair {place}: who travels?", "Spare parts {order}",
      "Test bench in {place} is down", "Offer accepted: {order}", "Safety briefing on {day}", NULL },
    LIST{ "Dear {name},", "Hello {name},", "Hi {name},", "Good morning {name},", "{name},", NULL },
    LIST{ "The {product} left our workshop in {place} this morning and should reach you on {day}.",
      "We can still take {count} pieces into the batch that starts on {day}.",
      "The mount is 0.02 mm out of round, so I sent it back to the lathe.",
      "Our customer measured the transmission twice and got 91.4 per cent both times.",
      "I have put the drawing into the project folder; the old revision is no longer valid.",
      "Could you confirm the price of order {order} before the end of {day}?",
      "The forwarder wants the customs number on every carton, not only on the papers.",
      "If the coating is late again we miss the ship from {place}.",
      "I tried the new firmware overnight and the drift is gone.",
      "{firm} asks whether the warranty covers the cable as well.",
      "We agreed that quality signs first and purchasing second.",
      "The invoice shows {count} lenses, but one carton of the {product} was empty.",
      "Nobody has touched the spare unit since the audit, it stands in rack four.",
      "I would rather wait for the measurement than guess.", "The bench in {place} needs a new lamp; the old one flickers after an hour.",
      "As discussed on the telephone, the discount applies from {count} units.",
      "My train arrives at ten, so let us start with the tour of the clean room.",
      "The apprentice found the mistake: two screws were swapped.", "Keep the receipt, accounts will ask for it.",
      "There is a small bubble near the edge, outside the free aperture.", "The serial numbers run from {order} upwards without a gap.",
      "I shall be away from {day}; Robert has the keys.", "Thank you for the quick answer, that settles it.", NULL },
    LIST{ "Kind regards", "Best wishes", "Many thanks", "Regards", "See you on {day}", NULL },
    LIST{ "spectrometer S40", "lens mount LM-12", "beam splitter", "collimator C7", "fibre coupler", "dichroic filter", "slit assembly",
      "reference lamp", "photodiode array", "mirror carrier", NULL },
    LIST{ "Bristol", "Lyon", "Leipzig", "Rotterdam", "Sheffield", "Cork", "Antwerp", "Gothenburg", NULL },
    LIST{ "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "the 3rd", "the 17th", "the 28th", NULL },
    "Re: ", "iso-8859-1" },
  {
    LIST{ "Commande {order} : {count} × {product}", "Livraison de {order} reportée à {day}", "Rapport d'étalonnage {order}",
      "Question sur le {product}", "Devis {order} pour {firm}", "Facture {order} à échéance {day}", "Compte rendu de la réunion de {place}",
      "Plan {order}, indice B", "Déplacement à {place} {day}", "Réclamation {order} : {product} rayé", "Inventaire du dépôt de {place}",
      "Congés d'été : remplacements", "Micrologiciel du {product}", "Salon de {place} : qui vient ?", "Pièces détachées {order}",
      "Banc d'essai en panne à {place}", "Devis accepté : {order}", "Consignes de sécurité, {day}", NULL },
    LIST{ "Bonjour {name},", "Bonsoir {name},", "{name}, bonjour,", NULL },
    LIST{ "Le {product} a quitté l'atelier de {place} ce matin et vous parviendra {day}.",
      "Nous pouvons encore ajouter {count} pièces à la série qui démarre {day}.",
      "La monture présente un faux-rond de deux centièmes, je l'ai renvoyée au tournage.",
      "Le client a mesuré la transmission à deux reprises et trouve chaque fois 91,4 %.",
      "J'ai déposé le plan dans le dossier du projet ; l'ancien indice n'est plus valable.",
      "Pourriez-vous confirmer le prix de la commande {order} avant {day} ?",
      "Le transitaire exige le numéro de douane sur chaque carton.",
      "Si le traitement de surface a encore du retard, nous manquerons le départ de {place}.",
      "J'ai laissé tourner la nouvelle version toute la nuit : la dérive a disparu.",
      "{firm} demande si la garantie couvre aussi le câble.", "Il a été convenu que la qualité signe d'abord, les achats ensuite.",
      "La facture mentionne {count} lentilles, or un des cartons était vide.",
      "Personne n'a touché à l'appareil de rechange depuis l'audit.", "Je préfère attendre la mesure plutôt que deviner.",
      "Comme convenu au téléphone, la remise s'applique à partir de {count} unités.",
      "Mon train arrive à dix heures, commençons par la visite de la salle blanche.",
      "C'est l'apprentie qui a trouvé l'erreur : deux vis étaient inversées.", "Gardez le reçu, la comptabilité le réclamera.",
      "Une petite bulle se trouve près du bord, hors de l'ouverture utile.", "Je serai absente à partir de {day} ; Maël a les clés.",
      "Merci de votre réponse rapide, tout est réglé.", "Où en est-on du dossier {order} ? Le délai s'achève bientôt.", NULL },
    LIST{ "Cordialement", "Bien à vous", "Merci d'avance", "Bonne journée", "À {day}", NULL },
    LIST{ "spectromètre S40", "support d'objectif LM-12", "séparateur de faisceau", "collimateur C7", "coupleur à fibre",
      "filtre dichroïque", "étalon de référence", "réseau de photodiodes", NULL },
    LIST{ "Lyon", "Grenoble", "Besançon", "Saint-Étienne", "Nîmes", "Liège", "Genève", NULL },
    LIST{ "lundi", "mardi", "mercredi", "jeudi", "vendredi", "le 3 février", "le 17 août", "le 28 décembre", NULL },
    "RE: ", "iso-8859-1" },
  {
    LIST{ "Bestellung {order}: {count} × {product}", "Lieferung {order} verschiebt sich auf {day}", "Kalibrierprotokoll {order}",
      "Frage zum {product}", "Angebot {order} für {firm}", "Rechnung {order} fällig am {day}", "Protokoll der Besprechung in {place}",
      "Zeichnung {order}, Stand B", "Dienstreise nach {place} am {day}", "Reklamation {order}: {product} verkratzt", "Inventur Lager {place}",
      "Urlaubsvertretung ab {day}", "Firmware für {product}", "Messe {place}: wer fährt mit?", "Ersatzteile {order}",
      "Prüfstand {place} gestört", "Auftrag erteilt: {order}", "Unterweisung Arbeitsschutz am {day}", NULL },
    LIST{ "Hallo {name},", "Guten Tag {name},", "Guten Morgen {name},", "Moin {name},", NULL },
    LIST{ "Der Artikel {product} hat heute früh unsere Werkstatt in {place} verlassen und trifft am {day} ein.",
      "Wir können noch {count} Stück in das Los aufnehmen, das am {day} beginnt.",
      "Die Fassung läuft zwei Hundertstel unrund, ich habe sie zurück an die Drehbank gegeben.",
      "Der Kunde hat die Durchlässigkeit zweimal gemessen und beide Male 91,4 Prozent erhalten.",
      "Die Zeichnung liegt im Projektordner, der alte Stand gilt nicht mehr.",
      "Bitte bestätigen Sie den Preis der Bestellung {order} bis {day}.",
      "Die Spedition verlangt die Zollnummer auf jedem Karton.", "Verspätet sich die Beschichtung wieder, verpassen wir das Schiff ab {place}.",
      "Ich habe die neue Firmware über Nacht laufen lassen, die Drift ist weg.",
      "{firm} fragt, ob die Gewährleistung auch für das Kabel gilt.", "Vereinbart ist: zuerst unterschreibt die Qualität, dann der Einkauf.",
      "Auf der Rechnung stehen {count} Linsen, ein Karton war aber leer.",
      "Das Ersatzgerät hat seit der Prüfung niemand angefasst, es steht in Regal vier.", "Ich warte lieber auf die Messung, als zu raten.",
      "Wie am Telefon besprochen, gilt der Rabatt ab {count} Stück.", "Mein Zug kommt um zehn an, fangen wir mit dem Reinraum an.",
      "Die Auszubildende hat den Fehler gefunden: Zwei Schrauben waren vertauscht.", "Den Beleg aufheben, die Buchhaltung fragt danach.",
      "Nahe am Rand sitzt eine kleine Blase, außerhalb der freien Öffnung.", "Ab {day} bin ich weg, Björn hat die Schlüssel.",
      "Danke für die schnelle Antwort, damit ist alles geklärt.", "Größe und Maße stimmen, nur die Oberfläche müsste glatter sein.", NULL },
    LIST{ "Mit freundlichen Grüßen", "Viele Grüße", "Beste Grüße", "Danke und bis {day}", "Schöne Grüße aus {place}", NULL },
    LIST{ "Spektrometer S40", "Linsenfassung LM-12", "Strahlteiler", "Kollimator C7", "Faserkoppler", "Farbteiler", "Spaltbaugruppe",
      "Referenzlampe", "Spiegelträger", NULL },
    LIST{ "Leipzig", "Jena", "Wetzlar", "Göttingen", "Zürich", "Köln", "Nürnberg", "Linz", NULL },
    LIST{ "Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "3. Februar", "17. August", "28. Dezember", NULL },
    "AW: ", "iso-8859-1" },
};

static const TenantOutsider outsiders[] = {
  { "Margaret Vane", "m.vane@vaneoptics.example", "Vane Optics Ltd", TENANT_LANGUAGE_ENGLISH },
  { "Purchasing, Halden & Sons", "purchasing@halden-sons.example", "Halden & Sons", TENANT_LANGUAGE_ENGLISH },
  { "Dr. Samuel K. Osei", "samuel.osei@lightlab.example", "Light Laboratory", TENANT_LANGUAGE_ENGLISH },
  { "Rosalind \"Roz\" Carter", "roz@carterfreight.example", "Carter Freight", TENANT_LANGUAGE_ENGLISH },
  { NULL, "no-reply@parcels.example", "Parcel tracking", TENANT_LANGUAGE_ENGLISH },
  { "Eilidh Munro", "eilidh.munro@northsea-sensors.example", "North Sea Sensors", TENANT_LANGUAGE_ENGLISH },
  { "Laurène Chevallier", "l.chevallier@verrerie-chevallier.example", "Verrerie Chevallier", TENANT_LANGUAGE_FRENCH },
  { "Service achats, Optique Ménard", "achats@optique-menard.example", "Optique Ménard", TENANT_LANGUAGE_FRENCH },
  { "François Noël", "francois.noel@transports-noel.example", "Transports Noël", TENANT_LANGUAGE_FRENCH },
  { "Aïcha Bouzid", "aicha.bouzid@cnm.example", "Centre de mesure", TENANT_LANGUAGE_FRENCH },
  { "Jörg Strässle", "joerg.straessle@straessle-feinmechanik.example", "Strässle Feinmechanik", TENANT_LANGUAGE_GERMAN },
  { "Einkauf Glaswerk Öhringen", "einkauf@glaswerk-oehringen.example", "Glaswerk Öhringen", TENANT_LANGUAGE_GERMAN },
  { "Dr. Ute Hößler", "hoessler@institut-licht.example", "Institut für Licht", TENANT_LANGUAGE_GERMAN },
  { "Spedition Kurz", "dispo@spedition-kurz.example", "Spedition Kurz", TENANT_LANGUAGE_GERMAN },
  { "佐藤 美咲", "sato.misaki@hikari-kogaku.example", "光光学株式会社", TENANT_LANGUAGE_JAPANESE },
  { "鈴木 大輔", "suzuki@keisoku-seiki.example", "計測精機", TENANT_LANGUAGE_JAPANESE },
  { "李 娜", "lina@guangming-yiqi.example", "光明仪器有限公司", TENANT_LANGUAGE_CHINESE },
  { "王建国", "wang.jianguo@shanghai-jingpian.example", "上海镜片厂", TENANT_LANGUAGE_CHINESE },
  { "Ελένη Παπαδοπούλου", "eleni@fos-optika.example", "Φως Οπτικά", TENANT_LANGUAGE_GREEK },
  { "Νίκος Σταύρου", "n.stavrou@metriseis.example", "Μετρήσεις ΑΕ", TENANT_LANGUAGE_GREEK },
  { "Ольга Ткаченко", "olga.tkachenko@svitlo.example", "Лаборатория света", TENANT_LANGUAGE_RUSSIAN },
  { "سلمى حداد", "salma.haddad@daw-optics.example", "شركة ضوء للبصريات", TENANT_LANGUAGE_ARABIC },
};
/* clang-format on */

const TenantWords *
tenant_words (TenantLanguage language)
{
  return language < G_N_ELEMENTS (languages) ? &languages[language] : tenant_words_world (language);
}

const TenantOutsider *
tenant_outsiders (guint *n)
{
  *n = G_N_ELEMENTS (outsiders);
  return outsiders;
}
