/* people.c: who works at the company, and its groups, as tables
 *
 * Kinds: u user with an Exchange licence   l left: disabled, licensed, mailbox kept
 *        s shared mailbox                  r room
 *        d disabled, no licence            n enabled, no licence, no mailbox
 *        v licensed for something that has no mailbox   a service account without any address
 *        g guest */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "people.h"

#define EN TENANT_ENGLISH
#define FR TENANT_FRENCH
#define DE TENANT_GERMAN

/* clang-format off */
static const TenantPersonRow people[] = {
  { "Harriet Oakes", "Harriet", "Oakes", "harriet.oakes", "h.oakes,director", "Management", "Managing Director", EN, 'u' },
  { "Desmond O'Rourke", "Desmond", "O'Rourke", "desmond.o'rourke", "desmond.orourke", "Sales", "Sales Manager", EN, 'u' },
  { "Priya Raghunathan", "Priya", "Raghunathan", "priya.raghunathan", "priya", "Finance", "Head of Finance", EN, 'u' },
  { "Tom Whitlock", "Tom", "Whitlock", "tom.whitlock", NULL, "Production", "Workshop Foreman", EN, 'u' },
  { "Siân Llewellyn", "Siân", "Llewellyn", "sian.llewellyn", "quality.lead", "Quality", "Quality Engineer", EN, 'u' },
  { "Oluwaseun Adeyemi", "Oluwaseun", "Adeyemi", "oluwaseun.adeyemi", "seun.adeyemi", "R&D", "Firmware Engineer", EN, 'u' },
  { "Mary-Jane Fitzgerald-Smythe", "Mary-Jane", "Fitzgerald-Smythe", "mary-jane.fitzgerald-smythe", "mj,purchasing.uk", "Purchasing", "Buyer", EN, 'u' },
  { "Ewan MacAlister", "Ewan", "MacAlister", "ewan.macalister", NULL, "Field Service", "Service Engineer", EN, 'u' },
  { "Grace Hsu 徐慧", "Grace", "Hsu", "grace.hsu", "xu.hui", "Sales", "Area Manager Asia", EN, 'u' },
  { "田中 健二 (Kenji Tanaka)", "健二", "田中", "kenji.tanaka", "tanaka", "Sales", "Area Manager Japan", EN, 'u' },
  { "Robert Ng", "Robert", "Ng", "robert.ng", "postmaster,hostmaster", "IT", "System Administrator", EN, 'u' },
  { "Zoë Prendergast", "Zoë", "Prendergast", "zoe.prendergast", NULL, "Marketing", "Technical Writer", EN, 'u' },
  { "Hélène Dubois-Lefèvre", "Hélène", "Dubois-Lefèvre", "helene.dubois-lefevre", "helene.dubois", "Ventes", "Directrice commerciale", FR, 'u' },
  { "Jean-François D'Aubigné", "Jean-François", "D'Aubigné", "jean-francois.daubigne", "jf.daubigne", "Direction", "Directeur du site de Lyon", FR, 'u' },
  { "Chloé Garnier", "Chloé", "Garnier", "chloe.garnier", NULL, "Comptabilité", "Comptable", FR, 'u' },
  { "Maël Kerguélen", "Maël", "Kerguélen", "mael.kerguelen", NULL, "R&D", "Ingénieur optique", FR, 'u' },
  { "Inès Benali", "Inès", "Benali", "ines.benali", "i.benali", "Qualité", "Responsable qualité", FR, 'u' },
  { "Thibault Marchand", "Thibault", "Marchand", "thibault.marchand", NULL, "Achats", "Acheteur", FR, 'u' },
  { "Océane Roux", "Océane", "Roux", "oceane.roux", NULL, "Marketing", "Chargée de communication", FR, 'u' },
  { "Noël Béranger", "Noël", "Béranger", "noel.beranger", NULL, "Production", "Chef d'atelier", FR, 'u' },
  { "Jürgen Müller", "Jürgen", "Müller", "juergen.mueller", "j.mueller", "Vertrieb", "Vertriebsleiter", DE, 'u' },
  { "Käthe Großmann", "Käthe", "Großmann", "kaethe.grossmann", NULL, "Buchhaltung", "Buchhalterin", DE, 'u' },
  { "Björn Sørensen", "Björn", "Sørensen", "bjoern.soerensen", NULL, "Service", "Servicetechniker", DE, 'u' },
  { "Anneliese Weiß", "Anneliese", "Weiß", "anneliese.weiss", "personal", "Personal", "Personalleiterin", DE, 'u' },
  { "Ulrich von der Heide", "Ulrich", "von der Heide", "ulrich.vonderheide", NULL, "Geschäftsleitung", "Werksleiter Leipzig", DE, 'u' },
  { "Şebnem Yıldız", "Şebnem", "Yıldız", "sebnem.yildiz", NULL, "Einkauf", "Einkäuferin", DE, 'u' },
  { "Łukasz Wójcik", "Łukasz", "Wójcik", "Lukasz.Wojcik", "l.wojcik", "R&D", "Konstrukteur", DE, 'u' },
  { "Thomas Weber", "Thomas", "Weber", "thomas.weber", NULL, "Produktion", "Mechaniker", DE, 'u' },
  { "Thomas Weber", "Thomas", "Weber", "thomas.weber2", NULL, "Versand", "Lagerist", DE, 'u' },
  { "R&D <Prototypes>", NULL, NULL, "rnd.prototypes", NULL, "R&D", "Prototype workshop", EN, 'u' },
  { "\"Front Desk\", Bristol", NULL, NULL, "front.desk", "reception", "Office", "Reception", EN, 'u' },
  { "Info", NULL, NULL, "info", "contact,kontakt,sales", NULL, NULL, EN, 's' },
  { "Comptabilité fournisseurs", NULL, NULL, "compta", "factures", NULL, NULL, FR, 's' },
  { "Vertrieb DACH", NULL, NULL, "vertrieb", "angebote", NULL, NULL, DE, 's' },
  { "R&D <Projects>", NULL, NULL, "rd-projects", NULL, NULL, NULL, EN, 's' },
  { "Meeting Room Severn", NULL, NULL, "room.severn", NULL, NULL, NULL, EN, 'r' },
  { "Gordon Pike", "Gordon", "Pike", "gordon.pike", NULL, "Sales", "Sales Engineer", EN, 'l' },
  { "Yvette Colin", "Yvette", "Colin", "yvette.colin", NULL, "Ventes", "Assistante", FR, 'd' },
  { "Apprentice Workplace", NULL, NULL, "apprentice", NULL, "Production", NULL, EN, 'n' },
  { "Empfangsbildschirm Leipzig", NULL, NULL, "display.leipzig", NULL, NULL, NULL, DE, 'v' },
  { "svc-backup", NULL, NULL, "svc-backup", NULL, NULL, NULL, EN, 'a' },
  { "svc-scanner", NULL, NULL, "svc-scanner", NULL, NULL, NULL, EN, 'a' },
  { "Anna Keller (Feinwerk Keller)", "Anna", "Keller", "anna.keller_feinwerk-keller.example#EXT#", NULL, NULL, NULL, DE, 'g' },
  { "Luis Ortega", "Luis", "Ortega", "luis.ortega_optica-ortega.example#EXT#", NULL, NULL, NULL, EN, 'g' },
};

static const TenantGroupRow groups[] = {
  { "All Staff", NULL, "+Bristol,+Lyon,+Leipzig" },
  { "Bristol", NULL, "harriet.oakes,desmond.o'rourke,priya.raghunathan,tom.whitlock,sian.llewellyn,oluwaseun.adeyemi,"
    "mary-jane.fitzgerald-smythe,ewan.macalister,grace.hsu,kenji.tanaka,robert.ng,zoe.prendergast,rnd.prototypes,"
    "front.desk,gordon.pike,apprentice" },
  { "Lyon", NULL, "helene.dubois-lefevre,jean-francois.daubigne,chloe.garnier,mael.kerguelen,ines.benali,"
    "thibault.marchand,oceane.roux,noel.beranger,yvette.colin" },
  { "Leipzig", NULL, "juergen.mueller,kaethe.grossmann,bjoern.soerensen,anneliese.weiss,ulrich.vonderheide,"
    "sebnem.yildiz,lukasz.wojcik,thomas.weber,thomas.weber2" },
  { "Archive Users", NULL, "+Management,robert.ng,chloe.garnier,info,compta" },
  { "Management", "management", "harriet.oakes,jean-francois.daubigne,ulrich.vonderheide,priya.raghunathan" },
  { "R&D <Team>", "rd-team", "oluwaseun.adeyemi,mael.kerguelen,lukasz.wojcik,rnd.prototypes" },
  { "Comité d'entreprise", "comite", "ines.benali,noel.beranger,chloe.garnier" },
  { "Vertrieb / Sales – Asia", "sales-asia", "grace.hsu,kenji.tanaka,desmond.o'rourke,+Project Heron" },
  { "Project Heron", "heron", "mael.kerguelen,anna.keller_feinwerk-keller.example#EXT#,+Heron Reviewers" },
  { "Heron Reviewers", NULL, "sian.llewellyn,+Project Heron" },
  { "Nobody Yet", NULL, "" },
};
/* clang-format on */

const TenantPersonRow *
tenant_people_table (guint *n)
{
  *n = G_N_ELEMENTS (people);
  return people;
}

const TenantGroupRow *
tenant_groups_table (guint *n)
{
  *n = G_N_ELEMENTS (groups);
  return groups;
}
