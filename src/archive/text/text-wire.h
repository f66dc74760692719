/* text-wire.h: what the archive and munimentd-text say to each other */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Map of this folder:
 *
 *   text-wire.h           requests, replies, limits: both ends
 *   text-extractor.[ch]   the archive's end: keeps processes, gives them work, kills them in time
 *   helper/               munimentd-text: reads what strangers send, in a sandbox
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Part of every catalogue row about a text: which version of the readers made it. */
#define MUN_TEXT_EXTRACTOR 1

/* Both ends are the same build on the same machine: integers as they lie in memory. A request is
 * this header and SIZE bytes of the attachment. The reply is frames, ended by one of type END. */
#define MUN_TEXT_MAGIC 0x3154784d

typedef enum {
  MUN_TEXT_KIND_NONE,
  MUN_TEXT_KIND_PDF,
  MUN_TEXT_KIND_PACKAGE, /* a zip file: Office Open XML, OpenDocument, or something else */
  MUN_TEXT_KIND_TNEF,    /* winmail.dat */
  MUN_TEXT_KIND_PKCS7    /* S/MIME: opaque signed content */
} MunTextKind;

typedef struct {
  guint32 magic, kind;
  guint64 size;
} MunTextRequest;

typedef enum {
  MUN_TEXT_FRAME_END = 1, /* a guint32: MunTextOutcome */
  MUN_TEXT_FRAME_TEXT,    /* UTF-8 */
  MUN_TEXT_FRAME_BYTES,   /* a guint32, the Windows code page (0 = unknown), and text in it */
  MUN_TEXT_FRAME_HTML,    /* bytes of an HTML document */
  MUN_TEXT_FRAME_PART,    /* a file inside: a guint32, the length of its name, name, bytes */
  MUN_TEXT_FRAME_MESSAGE  /* a MIME entity inside */
} MunTextFrameType;

typedef struct {
  guint32 type, length;
} MunTextFrame;

/* Why a text is not there, or not whole. The numbers are in catalogues. */
typedef enum {
  MUN_TEXT_COMPLETE,
  MUN_TEXT_DAMAGED,
  MUN_TEXT_ENCRYPTED,
  MUN_TEXT_TOO_LARGE, /* the attachment, what it unpacks to, or its text */
  MUN_TEXT_TIMED_OUT,
  MUN_TEXT_CRASHED, /* the reader ended before its reply did */
  MUN_TEXT_UNAVAILABLE,
  MUN_TEXT_TOO_MANY, /* the message has more, or takes longer, than is looked into */
  MUN_TEXT_N_OUTCOMES
} MunTextOutcome;

/* Exit statuses from this one on say that the program cannot run here, whatever it is given. */
#define MUN_TEXT_EXIT_UNUSABLE 126

/* What a sender may ask of us. */
#define MUN_TEXT_MAX_INPUT (64 * 1024 * 1024)
#define MUN_TEXT_MAX_UNPACKED (128 * 1024 * 1024)
#define MUN_TEXT_MAX_TEXT (4 * 1024 * 1024)
/* Files and messages inside, all together. */
#define MUN_TEXT_MAX_PARTS (64 * 1024 * 1024)
#define MUN_TEXT_MAX_FRAMES 100000
#define MUN_TEXT_MAX_PAGES 5000
#define MUN_TEXT_MAX_ENTRIES 10000
/* Memory of a process. */
#define MUN_TEXT_MAX_MEMORY (1024 * 1024 * 1024)
/* Of a processor, for one attachment; of the clock. */
#define MUN_TEXT_CPU_SECONDS 10
#define MUN_TEXT_SECONDS 20

G_END_DECLS
