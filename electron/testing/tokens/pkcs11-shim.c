// A PKCS #11 module around another one, which it lets fail in the ways that tokens, readers and drivers do. Keys and
// signatures are those of the module inside. It is steered by small files in the folder that it lies in; pkcs11-shim.ts
// writes them and says what each is for. A file that is not there changes nothing.
#include "pkcs11-shim-control.h"
#include "pkcs11-shim-pins.h"

// --- The library -----------------------------------------------------------------------------------------------------

static atomic_int waiting, is_ending, is_initialized;

// `environment`: NAME=value in each line
static void set_environment(void) {
  char text[text_size], *rest = text;
  if (read_text("environment", text) < 0) return;
  for (char *line; (line = strsep(&rest, "\n")) != NULL;) {
    char *equals = strchr(line, '=');
    if (equals == NULL) continue;
    *equals = 0;
    setenv(line, equals + 1, 1);
  }
}

static CK_RV initialize(void *arguments) {
  set_environment();
  CK_RV value = real->C_Initialize(arguments);
  if (value == CKR_OK) {
    presence_seen = read_number("presence", 0);
    changed_count = 0;
    is_initialized = 1;
  }
  return value;
}

static CK_RV shim_C_Initialize(void *arguments) { return CALL("C_Initialize", library, initialize(arguments)); }

// PKCS #11 v2.40 §5.5 C_WaitForSlotEvent: C_Finalize wakes it.
static CK_RV finalize(void *reserved) {
  is_ending = 1;
  while (waiting > 0) sleep_for(1);
  CK_RV value = real->C_Finalize(reserved);
  is_initialized = 0;
  is_ending = 0;
  return value;
}

static CK_RV shim_C_Finalize(void *reserved) { return CALL("C_Finalize", library, finalize(reserved)); }

static CK_RV wait_for_change(CK_FLAGS flags, CK_SLOT_ID *slot) {
  if (!is_initialized) return CKR_CRYPTOKI_NOT_INITIALIZED;
  for (;; sleep_for(tick)) {
    if (is_ending) return CKR_CRYPTOKI_NOT_INITIALIZED;
    look_at_reader();
    if (take_changed_slot(slot)) return CKR_OK;
    if (flags & CKF_DONT_BLOCK) return CKR_NO_EVENT;
  }
}

static CK_RV shim_C_WaitForSlotEvent(CK_FLAGS flags, CK_SLOT_ID *slot, void *reserved) {
  (void)reserved;
  waiting++;
  CK_RV value = CALL("C_WaitForSlotEvent", library, wait_for_change(flags, slot));
  waiting--;
  return value;
}

// --- Slots and what is in them ---------------------------------------------------------------------------------------

static CK_RV slot_list(CK_BBOOL present, CK_SLOT_ID *list, CK_ULONG *count) {
  if (present && is_out()) {
    *count = 0;
    return CKR_OK;
  }
  CK_RV value = real->C_GetSlotList(present, list, count);
  if (value == CKR_OK) *count = read_number("slot-count", *count);
  return value;
}

static CK_RV shim_C_GetSlotList(CK_BBOOL present, CK_SLOT_ID *list, CK_ULONG *count) {
  look_at_reader();
  return CALL("C_GetSlotList", library, slot_list(present, list, count));
}

static CK_RV slot_info(CK_SLOT_ID slot, CK_SLOT_INFO *info) {
  CK_RV value = real->C_GetSlotInfo(slot, info);
  if (value != CKR_OK) return value;
  info->flags |= CKF_REMOVABLE_DEVICE;
  if (is_set("hardware")) info->flags |= CKF_HW_SLOT;
  if (is_out()) info->flags &= ~(CK_FLAGS)CKF_TOKEN_PRESENT;
  return CKR_OK;
}

static CK_RV shim_C_GetSlotInfo(CK_SLOT_ID slot, CK_SLOT_INFO *info) {
  look_at_reader();
  return CALL("C_GetSlotInfo", library, slot_info(slot, info));
}

static void write_padded(const char *name, unsigned char *field, size_t size) {
  char text[text_size];
  int length = read_text(name, text);
  if (length < 0) return;
  memset(field, ' ', size);
  memcpy(field, text, (size_t)length < size ? (size_t)length : size);
}

static CK_RV token_info(CK_SLOT_ID slot, CK_TOKEN_INFO *info) {
  CK_RV value = real->C_GetTokenInfo(slot, info);
  if (value != CKR_OK || !(info->flags & CKF_TOKEN_INITIALIZED)) return value;
  write_padded("label", info->label, sizeof info->label);
  write_padded("serial", info->serialNumber, sizeof info->serialNumber);
  info->ulFreePublicMemory = read_number("free-memory", info->ulFreePublicMemory);
  info->ulFreePrivateMemory = read_number("free-memory", info->ulFreePrivateMemory);
  if (is_set("pin-tries")) info->flags &= ~(CK_FLAGS)(CKF_USER_PIN_COUNT_LOW | CKF_USER_PIN_FINAL_TRY | CKF_USER_PIN_LOCKED);
  if (is_set("so-pin-tries")) info->flags &= ~(CK_FLAGS)(CKF_SO_PIN_COUNT_LOW | CKF_SO_PIN_FINAL_TRY | CKF_SO_PIN_LOCKED);
  info->flags |= pin_flags("pin", CKF_USER_PIN_COUNT_LOW, CKF_USER_PIN_FINAL_TRY, CKF_USER_PIN_LOCKED);
  info->flags |= pin_flags("so-pin", CKF_SO_PIN_COUNT_LOW, CKF_SO_PIN_FINAL_TRY, CKF_SO_PIN_LOCKED);
  if (is_set("pin-pad")) info->flags |= CKF_PROTECTED_AUTHENTICATION_PATH;
  if (is_set("write-protected")) info->flags |= CKF_WRITE_PROTECTED;
  if (is_set("auto-login")) info->flags &= ~(CK_FLAGS)CKF_LOGIN_REQUIRED;
  info->flags |= read_number("token-flags", 0);
  return CKR_OK;
}

static CK_RV shim_C_GetTokenInfo(CK_SLOT_ID slot, CK_TOKEN_INFO *info) {
  return CALL("C_GetTokenInfo", token, token_info(slot, info));
}

// --- Mechanisms ------------------------------------------------------------------------------------------------------

static int is_refused(CK_MECHANISM *mechanism) {
  unsigned long row[1];
  return read_row("mechanisms-refused", 1, mechanism->mechanism, row);
}

static CK_RV mechanism_list(CK_SLOT_ID slot, CK_MECHANISM_TYPE *list, CK_ULONG *count) {
  CK_MECHANISM_TYPE all[most_mechanisms];
  CK_ULONG total = most_mechanisms / 2, kept = 0;
  unsigned long row[1];
  char text[text_size], *rest = text, *start;
  CK_RV value = real->C_GetMechanismList(slot, all, &total);
  if (value != CKR_OK) return value;
  for (CK_ULONG i = 0; i < total; i++) {
    if (!read_row("mechanisms-hidden", 1, all[i], row) && !read_row("mechanisms-refused", 1, all[i], row)) all[kept++] = all[i];
  }
  if (read_text("mechanisms-refused", text) < 0) text[0] = 0;
  for (unsigned long claimed; start = rest, claimed = strtoul(start, &rest, 0), rest != start && kept < most_mechanisms;) {
    all[kept++] = claimed;
  }
  CK_ULONG room = *count;
  *count = kept;
  if (list == NULL) return CKR_OK;
  if (room < kept) return CKR_BUFFER_TOO_SMALL;
  memcpy(list, all, kept * sizeof *all);
  return CKR_OK;
}

static CK_RV shim_C_GetMechanismList(CK_SLOT_ID slot, CK_MECHANISM_TYPE *list, CK_ULONG *count) {
  return CALL("C_GetMechanismList", token, mechanism_list(slot, list, count));
}

static CK_RV mechanism_info(CK_SLOT_ID slot, CK_MECHANISM_TYPE type, CK_MECHANISM_INFO *info) {
  unsigned long row[3];
  if (read_row("mechanisms-hidden", 1, type, row)) return CKR_MECHANISM_INVALID;
  CK_RV value = real->C_GetMechanismInfo(slot, type, info);
  if (value != CKR_OK && read_row("mechanisms-refused", 1, type, row)) {
    *info = (CK_MECHANISM_INFO){256, 4096, CKF_SIGN | CKF_VERIFY | CKF_GENERATE_KEY_PAIR};
    value = CKR_OK;
  }
  if (value == CKR_OK && read_row("mechanism-sizes", 3, type, row)) {
    info->ulMinKeySize = row[1];
    info->ulMaxKeySize = row[2];
  }
  return value;
}

static CK_RV shim_C_GetMechanismInfo(CK_SLOT_ID slot, CK_MECHANISM_TYPE type, CK_MECHANISM_INFO *info) {
  return CALL("C_GetMechanismInfo", token, mechanism_info(slot, type, info));
}

// --- Objects and signatures ------------------------------------------------------------------------------------------

static void set_boolean(CK_ATTRIBUTE *attributes, CK_ULONG *count, CK_ATTRIBUTE_TYPE type, CK_BBOOL *value) {
  CK_ULONG at = 0;
  while (at < *count && attributes[at].type != type) at++;
  attributes[at] = (CK_ATTRIBUTE){type, value, sizeof *value};
  if (at == *count) (*count)++;
}

static CK_RV generate(CK_SESSION_HANDLE handle, CK_MECHANISM *mechanism, CK_ATTRIBUTE *public, CK_ULONG public_count,
                      CK_ATTRIBUTE *private, CK_ULONG count, CK_OBJECT_HANDLE *public_key, CK_OBJECT_HANDLE *private_key) {
  CK_ATTRIBUTE wished[most_attributes + 3];
  CK_BBOOL yes = CK_TRUE, no = CK_FALSE;
  if (is_refused(mechanism)) return CKR_MECHANISM_INVALID;
  if (count > most_attributes) return CKR_TEMPLATE_INCONSISTENT;
  memcpy(wished, private, count * sizeof *private);
  if (is_set("extractable")) {
    set_boolean(wished, &count, CKA_EXTRACTABLE, &yes);
    set_boolean(wished, &count, CKA_SENSITIVE, &no);
  }
  if (is_set("always-authenticate")) set_boolean(wished, &count, CKA_ALWAYS_AUTHENTICATE, &yes);
  return real->C_GenerateKeyPair(handle, mechanism, public, public_count, wished, count, public_key, private_key);
}

static CK_RV shim_C_GenerateKeyPair(CK_SESSION_HANDLE handle, CK_MECHANISM *mechanism, CK_ATTRIBUTE *public, CK_ULONG public_count,
                                    CK_ATTRIBUTE *private, CK_ULONG count, CK_OBJECT_HANDLE *public_key, CK_OBJECT_HANDLE *private_key) {
  return CALL("C_GenerateKeyPair", session, generate(handle, mechanism, public, public_count, private, count, public_key, private_key));
}

static CK_RV shim_C_SignInit(CK_SESSION_HANDLE handle, CK_MECHANISM *mechanism, CK_OBJECT_HANDLE key) {
  return CALL("C_SignInit", session, is_refused(mechanism) ? CKR_MECHANISM_INVALID : real->C_SignInit(handle, mechanism, key));
}

static CK_RV sign(CK_SESSION_HANDLE handle, unsigned char *data, CK_ULONG data_length, unsigned char *signature, CK_ULONG *length) {
  CK_RV value = real->C_Sign(handle, data, data_length, signature, length);
  if (value != CKR_OK || signature == NULL) return value;
  if (is_set("signature-wrong")) signature[*length - 1] ^= 1;
  *length = read_number("signature-length", *length);
  return value;
}

static CK_RV shim_C_Sign(CK_SESSION_HANDLE handle, unsigned char *data, CK_ULONG data_length, unsigned char *signature, CK_ULONG *length) {
  return CALL("C_Sign", session, sign(handle, data, data_length, signature, length));
}

// One whose length is a lie is read into a buffer that is large enough, and as much of it given as the caller has room for.
static CK_RV one_attribute(CK_SESSION_HANDLE handle, CK_OBJECT_HANDLE object, CK_ATTRIBUTE *attribute) {
  unsigned char octets[text_size];
  CK_ATTRIBUTE own = {attribute->type, octets, sizeof octets};
  unsigned long row[2];
  if (!read_row("attribute-lengths", 2, attribute->type, row)) return real->C_GetAttributeValue(handle, object, attribute, 1);
  CK_RV value = real->C_GetAttributeValue(handle, object, &own, 1);
  if (value != CKR_OK) return value;
  CK_ULONG room = attribute->pValue == NULL ? 0 : attribute->ulValueLen;
  if (room > 0) memcpy(attribute->pValue, octets, room < own.ulValueLen ? room : own.ulValueLen);
  attribute->ulValueLen = row[1];
  return CKR_OK;
}

static CK_RV attribute_value(CK_SESSION_HANDLE handle, CK_OBJECT_HANDLE object, CK_ATTRIBUTE *attributes, CK_ULONG count) {
  CK_RV worst = CKR_OK;
  if (!is_set("attribute-lengths")) return real->C_GetAttributeValue(handle, object, attributes, count);
  for (CK_ULONG i = 0; i < count; i++) {
    CK_RV value = one_attribute(handle, object, &attributes[i]);
    if (value != CKR_OK) worst = value;
  }
  return worst;
}

static CK_RV shim_C_GetAttributeValue(CK_SESSION_HANDLE handle, CK_OBJECT_HANDLE object, CK_ATTRIBUTE *attributes, CK_ULONG count) {
  return CALL("C_GetAttributeValue", session, attribute_value(handle, object, attributes, count));
}

static CK_RV find_objects(CK_SESSION_HANDLE handle, CK_OBJECT_HANDLE *objects, CK_ULONG most, CK_ULONG *count) {
  CK_RV value = real->C_FindObjects(handle, objects, most, count);
  if (value == CKR_OK) *count = read_number("object-count", *count);
  return value;
}

static CK_RV shim_C_FindObjects(CK_SESSION_HANDLE handle, CK_OBJECT_HANDLE *objects, CK_ULONG most, CK_ULONG *count) {
  return CALL("C_FindObjects", session, find_objects(handle, objects, most, count));
}

// --- Functions that only fail when they are told to ------------------------------------------------------------------

#define PLAIN(function, subject, parameters, arguments) \
  static CK_RV shim_##function parameters { return CALL(#function, subject, real->function arguments); }

PLAIN(C_GetInfo, library, (CK_INFO * info), (info))
PLAIN(C_InitToken, token, (CK_SLOT_ID slot, unsigned char *pin, CK_ULONG length, unsigned char *label), (slot, pin, length, label))
PLAIN(C_CloseSession, session, (CK_SESSION_HANDLE handle), (handle))
PLAIN(C_CloseAllSessions, token, (CK_SLOT_ID slot), (slot))
PLAIN(C_GetSessionInfo, session, (CK_SESSION_HANDLE handle, CK_SESSION_INFO *info), (handle, info))
PLAIN(C_Logout, session, (CK_SESSION_HANDLE handle), (handle))
PLAIN(C_CreateObject, session, (CK_SESSION_HANDLE handle, CK_ATTRIBUTE *attributes, CK_ULONG count, CK_OBJECT_HANDLE *object),
      (handle, attributes, count, object))
PLAIN(C_DestroyObject, session, (CK_SESSION_HANDLE handle, CK_OBJECT_HANDLE object), (handle, object))
PLAIN(C_SetAttributeValue, session, (CK_SESSION_HANDLE handle, CK_OBJECT_HANDLE object, CK_ATTRIBUTE *attributes, CK_ULONG count),
      (handle, object, attributes, count))
PLAIN(C_FindObjectsInit, session, (CK_SESSION_HANDLE handle, CK_ATTRIBUTE *attributes, CK_ULONG count), (handle, attributes, count))
PLAIN(C_FindObjectsFinal, session, (CK_SESSION_HANDLE handle), (handle))
PLAIN(C_SignUpdate, session, (CK_SESSION_HANDLE handle, unsigned char *part, CK_ULONG length), (handle, part, length))
PLAIN(C_SignFinal, session, (CK_SESSION_HANDLE handle, unsigned char *signature, CK_ULONG *length), (handle, signature, length))

// --- The way in ------------------------------------------------------------------------------------------------------

#define SHIMMED(function) wrapped.function = shim_##function

static CK_FUNCTION_LIST wrapped;

// Everything that is not named here goes straight to the module inside.
static void wrap(void) {
  wrapped = *real;
  wrapped.C_GetFunctionList = C_GetFunctionList;
  SHIMMED(C_Initialize), SHIMMED(C_Finalize), SHIMMED(C_GetInfo), SHIMMED(C_WaitForSlotEvent);
  SHIMMED(C_GetSlotList), SHIMMED(C_GetSlotInfo), SHIMMED(C_GetTokenInfo), SHIMMED(C_InitToken);
  SHIMMED(C_GetMechanismList), SHIMMED(C_GetMechanismInfo);
  SHIMMED(C_OpenSession), SHIMMED(C_CloseSession), SHIMMED(C_CloseAllSessions), SHIMMED(C_GetSessionInfo);
  SHIMMED(C_Login), SHIMMED(C_Logout), SHIMMED(C_SetPIN), SHIMMED(C_InitPIN);
  SHIMMED(C_CreateObject), SHIMMED(C_DestroyObject), SHIMMED(C_GetAttributeValue), SHIMMED(C_SetAttributeValue);
  SHIMMED(C_FindObjectsInit), SHIMMED(C_FindObjects), SHIMMED(C_FindObjectsFinal);
  SHIMMED(C_GenerateKeyPair), SHIMMED(C_SignInit), SHIMMED(C_Sign), SHIMMED(C_SignUpdate), SHIMMED(C_SignFinal);
}

static CK_RV load(void) {
  Dl_info own;
  char path[path_size], module[text_size];
  if (dladdr((void *)load, &own) == 0 || own.dli_fname == NULL) return CKR_GENERAL_ERROR;
  if (realpath(own.dli_fname, path) == NULL) return CKR_GENERAL_ERROR;
  snprintf(folder, sizeof folder, "%s", dirname(path));
  if (read_text("module", module) < 0) return CKR_GENERAL_ERROR;
  void *opened = dlopen(module, RTLD_NOW | RTLD_LOCAL);
  if (opened == NULL) return CKR_GENERAL_ERROR;
  CK_C_GetFunctionList get_list = (CK_C_GetFunctionList)dlsym(opened, "C_GetFunctionList");
  if (get_list == NULL || get_list(&real) != CKR_OK) return CKR_GENERAL_ERROR;
  wrap();
  return CKR_OK;
}

CK_RV C_GetFunctionList(CK_FUNCTION_LIST **list) {
  static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
  pthread_mutex_lock(&lock);
  CK_RV value = real == NULL ? load() : CKR_OK;
  pthread_mutex_unlock(&lock);
  if (value == CKR_OK) *list = &wrapped;
  return value;
}
