/* company.h: the people, shared mailboxes and groups of a tenant */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "mailbox.h"

#include <json-glib/json-glib.h>

typedef enum { TENANT_ENGLISH, TENANT_FRENCH, TENANT_GERMAN, TENANT_N_OFFICES } TenantOffice;

typedef struct _TenantCompany TenantCompany;

struct _TenantPerson {
  char *id; /* GUID */
  char *upn;
  char *mail; /* NULL for an account without an address */
  char *display_name;
  char *given_name;
  char *surname;
  char *department;
  char *job_title;
  char *purpose;      /* userPurpose of the mailbox: user, shared, room */
  GPtrArray *proxies; /* "SMTP:…", "smtp:…", "SIP:…" */
  gboolean enabled;
  gboolean licensed;
  gboolean guest;
  TenantOffice office;
  gboolean exchange_plan; /* one of the licences contains Exchange */
  TenantCompany *company;
  TenantMailbox *mailbox; /* NULL when there is none in the cloud */
};

typedef struct {
  char *id;
  char *name;
  char *mail;          /* NULL for a security group */
  gboolean unified;    /* a Microsoft 365 group */
  GPtrArray *people;   /* TenantPerson, borrowed */
  GPtrArray *children; /* TenantGroup, borrowed */
} TenantGroup;

struct _TenantCompany {
  char *name;
  char *domain;         /* mail domain, e.g. alderbrook.example */
  char *initial_domain; /* alderbrook.onmicrosoft.example */
  char *tenant_id;
  guint64 seed;
  GPtrArray *people;
  GPtrArray *cast; /* all people that ever were: what is written from a seed must not change when
                      one goes */
  guint64 written; /* messages written after the beginning */
  guint n_writers; /* the first ones of cast, those that the company began with */
  GPtrArray *groups;
};

/* Makes the company of about 40 accounts; its mailboxes are empty.
 * `name`: display name, made into the domain. Ends with tenant_company_free(). */
TenantCompany *
tenant_company_new (const char *name, guint64 seed);
void
tenant_company_free (TenantCompany *self);

/* Writes folder trees and `messages` messages (fill.c). */
void
tenant_company_fill (TenantCompany *self, guint messages);

/* Writes `count` further messages into a folder, later than all others (fill.c). */
void
tenant_company_write_more (TenantCompany *self, TenantPerson *owner, TenantFolder *folder,
                           guint count, GPtrArray *ids);

/* By object id, user principal name (any case); NULL when unknown. */
TenantPerson *
tenant_company_find (TenantCompany *self, const char *key);
TenantGroup *
tenant_company_find_group (TenantCompany *self, const char *id);

/* Adds a person of the control interface's making; UPN is required, the rest of `object` is
 * optional. */
TenantPerson *
tenant_company_add (TenantCompany *self, JsonObject *object);

/* Removes an account, from its groups too. */
void
tenant_company_remove (TenantCompany *self, TenantPerson *person);

/* Members; `transitive` follows nested groups. Elements are TenantPerson or, in `groups`,
 * TenantGroup. */
void
tenant_group_members (TenantGroup *self, gboolean transitive, GPtrArray *people, GPtrArray *groups);

TenantPerson *
tenant_person_new (const char *id, const char *upn, const char *display_name);
void
tenant_person_free (TenantPerson *self);
