/* malformed.c: messages that break the rules of mail in ways that are met in old archives */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "malformed.h"

#include <string.h>

/* From, To, Subject and Message-ID as they should be; the rest is the caller's. */
static void
plain_header (TenantLetter *letter, GString *out)
{
  g_string_append_printf (out, "From: <%s>\r\nTo: <%s>\r\nMessage-ID: %s\r\nSubject: Fault %s\r\n",
                          letter->from_address, letter->to_address, letter->message_id,
                          letter->order);
}

static void
no_blank_line (TenantLetter *letter, GString *out)
{
  plain_header (letter, out);
  g_string_append_printf (
      out, "This line should have had an empty one before it, about %s.\r\nAnd this too.\r\n",
      letter->order);
}

static void
raw_bytes_in_header (TenantLetter *letter, GString *out)
{
  g_string_append_printf (out,
                          "From: J\xfcrgen <%s>\r\nTo: <%s>\r\nSubject: Gr\xfc\xdf"
                          "e %s\r\n\r\nGr\xfc\xdf"
                          "e\r\n",
                          letter->from_address, letter->to_address, letter->order);
}

static void
open_boundary (TenantLetter *letter, GString *out)
{
  plain_header (letter, out);
  g_string_append (
      out, "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=\"open\"\r\n\r\n--open\r\n"
           "Content-Type: text/plain\r\n\r\nThe end never comes.\r\n--open\r\nContent-Type: "
           "image/png\r\n"
           "Content-Transfer-Encoding: base64\r\n\r\niVBORw0KGgo");
}

static void
missing_boundary (TenantLetter *letter, GString *out)
{
  plain_header (letter, out);
  g_string_append (
      out, "MIME-Version: 1.0\r\nContent-Type: multipart/mixed\r\n\r\nNo boundary was named.\r\n");
}

static void
broken_base64 (TenantLetter *letter, GString *out)
{
  plain_header (letter, out);
  g_string_append (out, "MIME-Version: 1.0\r\nContent-Type: text/plain; "
                        "charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n"
                        "VGhpcyBpcyBmaW5l!!LA**kYnV0IHRoaXM\r\n=====\r\nA\r\n");
}

static void
absurd_date (TenantLetter *letter, GString *out)
{
  plain_header (letter, out);
  g_string_append (out, "Date: Thu, 32 Foo 2023 25:61:00 +9900\r\n\r\nTime is out of joint.\r\n");
}

static void
bad_addresses (TenantLetter *letter, GString *out)
{
  g_string_append_printf (out,
                          "From: \"unclosed <%s>\r\nTo: , ;; @@ undisclosed:;\r\nCc: "
                          "<>\r\nSubject: Fault %s\r\n\r\nTo whom\r\n",
                          letter->from_address, letter->order);
}

static void
endless_line (TenantLetter *letter, GString *out)
{
  plain_header (letter, out);
  g_string_append (out, "X-Endless: ");
  for (guint i = 0; i < 6000; i++)
    g_string_append_c (out, (char)('a' + i % 26));
  g_string_append (out, "\r\n\r\nOne header line of six thousand characters.\r\n");
}

static void
mixed_line_ends (TenantLetter *letter, GString *out)
{
  g_string_append_printf (
      out, "From: <%s>\nTo: <%s>\r\nSubject: Fault %s\n\nUnix line\nDOS line\r\nMac line\rdone",
      letter->from_address, letter->to_address, letter->order);
}

static void
nul_bytes (TenantLetter *letter, GString *out)
{
  plain_header (letter, out);
  g_string_append_len (out, "\r\nbefore\0after\0\0\x01\x02\xff\xfe\r\n", 22);
}

static void
twice (TenantLetter *letter, GString *out)
{
  plain_header (letter, out);
  g_string_append (out, "Subject: a second subject\r\nContent-Type: text/plain\r\nContent-Type: "
                        "text/html\r\n\r\n<b>twice</b>\r\n");
}

static void
no_header (TenantLetter *letter, GString *out)
{
  g_string_append_printf (out, "\r\nNothing but a body, about %s.\r\n", letter->order);
}

static void
unknown_charset (TenantLetter *letter, GString *out)
{
  plain_header (letter, out);
  g_string_append (out, "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=\"x-mars-1\"\r\n"
                        "Content-Transfer-Encoding: x-pigeon\r\n\r\nM\xe4rz\r\n");
}

static void
bad_words (TenantLetter *letter, GString *out)
{
  g_string_append_printf (out,
                          "From: =?utf-8?B?4pyI?= =?utf-8?Q?=ZZ?= <%s>\r\nSubject: "
                          "=?utf-8?B?RmF1bHQg?= =?x?y?z?= %s =?utf-8?Q?=C3?=\r\n"
                          "\r\nEncoded words gone wrong.\r\n",
                          letter->from_address, letter->order);
}

static void
hostile_name (TenantLetter *letter, GString *out)
{
  plain_header (letter, out);
  letter->has_attachments = TRUE;
  g_string_append (
      out,
      "MIME-Version: 1.0\r\nContent-Type: application/octet-stream; name=\"../../etc/passwd\"\r\n"
      "Content-Disposition: attachment; filename*0*=utf-8''..%2F..%2F; filename*2=lost; "
      "filename=\"a\\\"b\"\r\n"
      "Content-Transfer-Encoding: base64\r\n\r\naGFybWxlc3M=\r\n");
}

static void
deep_nesting (TenantLetter *letter, GString *out)
{
  plain_header (letter, out);
  g_string_append (out, "MIME-Version: 1.0\r\n");
  for (guint i = 0; i < 120; i++)
    g_string_append_printf (out, "Content-Type: multipart/mixed; boundary=\"d%u\"\r\n\r\n--d%u\r\n",
                            i, i);
  g_string_append (out, "Content-Type: text/plain\r\n\r\nThe bottom.\r\n");
  for (guint i = 120; i > 0; i--)
    g_string_append_printf (out, "--d%u--\r\n", i - 1);
}

void
tenant_malformed_write (TenantLetter *letter, GString *out)
{
  static void (*const writers[]) (TenantLetter *, GString *)
      = { no_blank_line,   raw_bytes_in_header, open_boundary, missing_boundary,
          broken_base64,   absurd_date,         bad_addresses, endless_line,
          mixed_line_ends, nul_bytes,           twice,         no_header,
          unknown_charset, bad_words,           hostile_name,  deep_nesting };
  g_free (letter->subject);
  letter->subject = g_strdup_printf ("Fault %s", letter->order);
  writers[letter->spec->seed % G_N_ELEMENTS (writers)](letter, out);
}
