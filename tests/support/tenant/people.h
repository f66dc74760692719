/* people.h: who works at the company, and its groups, as tables */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "company.h"

/* Kinds of account, by letter: see people.c. */
typedef struct {
  const char *display_name;
  const char *given_name;
  const char *surname;
  const char *local;   /* before the @ of the user principal name and the main address */
  const char *aliases; /* further local parts, by comma; NULL for none */
  const char *department;
  const char *job_title;
  TenantOffice office;
  char kind;
} TenantPersonRow;

/* A group: members are local parts, by comma; a leading '+' names another group. */
typedef struct {
  const char *name;
  const char *local; /* NULL for a security group */
  const char *members;
} TenantGroupRow;

const TenantPersonRow *
tenant_people_table (guint *n);
const TenantGroupRow *
tenant_groups_table (guint *n);
