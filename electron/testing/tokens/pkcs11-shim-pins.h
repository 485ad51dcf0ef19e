// Sessions and PINs of the shim: tries that are counted, and a PIN pad.

// How many tries are left is in no figure of PKCS #11, only in these flags.
static CK_FLAGS pin_flags(const char *whose, CK_FLAGS low, CK_FLAGS final, CK_FLAGS locked) {
  char tries_name[32], wrong_name[32];
  snprintf(tries_name, sizeof tries_name, "%s-tries", whose);
  snprintf(wrong_name, sizeof wrong_name, "%s-wrong", whose);
  unsigned long tries = read_number(tries_name, 0), wrong = read_number(wrong_name, 0);
  if (tries == 0) return 0;
  if (wrong >= tries) return locked;
  return (wrong > 0 ? low : 0) | (wrong + 1 == tries ? final : 0);
}

static CK_RV open_session(CK_SLOT_ID slot, CK_FLAGS flags, CK_SESSION_HANDLE *handle) {
  char pin[text_size];
  if ((flags & CKF_RW_SESSION) && is_set("write-protected")) return CKR_TOKEN_WRITE_PROTECTED;
  CK_RV value = real->C_OpenSession(slot, flags, NULL, NULL, handle);
  int length = read_text("auto-login", pin);
  if (value == CKR_OK && length >= 0) real->C_Login(*handle, CKU_USER, (unsigned char *)pin, (CK_ULONG)length);
  return value;
}

static CK_RV shim_C_OpenSession(CK_SLOT_ID slot, CK_FLAGS flags, void *application, CK_NOTIFY notify, CK_SESSION_HANDLE *handle) {
  (void)application, (void)notify;
  return CALL("C_OpenSession", token, open_session(slot, flags, handle));
}

// `pin-pad`: "<milliseconds> <wait|cancel|type> [PIN [new PIN]]"; the person can change their mind while it waits.
static CK_RV ask_at_pin_pad(char pin[64], char next[64]) {
  char text[text_size], action[16];
  for (unsigned long waited = 0;; waited += tick, sleep_for(tick)) {
    unsigned long delay = 0;
    look_at_reader();
    if (is_out()) return CKR_DEVICE_REMOVED;
    pin[0] = next[0] = 0;
    if (read_text("pin-pad", text) < 0 || sscanf(text, "%lu %15s %63s %63s", &delay, action, pin, next) < 2) return CKR_FUNCTION_CANCELED;
    if (waited < delay || strcmp(action, "wait") == 0) continue;
    return strcmp(action, "type") == 0 ? CKR_OK : CKR_FUNCTION_CANCELED;
  }
}

static int is_locked(const char *whose) { return pin_flags(whose, 0, 0, 1) == 1; }

// Keeps the count of wrong PINs, on which the flags depend.
static CK_RV counted(const char *whose, CK_RV value) {
  char name[32];
  snprintf(name, sizeof name, "%s-wrong", whose);
  if (value == CKR_OK && is_set(name)) take_away(name);
  if (value == CKR_PIN_INCORRECT) write_number(name, read_number(name, 0) + 1);
  return value == CKR_PIN_INCORRECT && is_locked(whose) ? CKR_PIN_LOCKED : value;
}

static CK_RV login(CK_SESSION_HANDLE handle, CK_USER_TYPE user, unsigned char *pin, CK_ULONG length) {
  const char *whose = user == CKU_SO ? "so-pin" : "pin";
  char typed[64], unused[64];
  if (is_locked(whose)) return CKR_PIN_LOCKED;
  if (!is_set("pin-pad")) return counted(whose, real->C_Login(handle, user, pin, length));
  if (pin != NULL) return CKR_ARGUMENTS_BAD;
  CK_RV value = ask_at_pin_pad(typed, unused);
  if (value != CKR_OK) return value;
  return counted(whose, real->C_Login(handle, user, (unsigned char *)typed, strlen(typed)));
}

static CK_RV shim_C_Login(CK_SESSION_HANDLE handle, CK_USER_TYPE user, unsigned char *pin, CK_ULONG length) {
  char remark[64];
  snprintf(remark, sizeof remark, " user=%lu pin=%s", user, pin == NULL ? "null" : "given");
  return NOTED_CALL("C_Login", session, remark, login(handle, user, pin, length));
}

static CK_RV set_pin(CK_SESSION_HANDLE handle, unsigned char *pin, CK_ULONG length, unsigned char *next, CK_ULONG next_length) {
  CK_SESSION_INFO info;
  char typed[64], typed_next[64];
  CK_RV value = real->C_GetSessionInfo(handle, &info);
  if (value != CKR_OK) return value;
  const char *whose = info.state == CKS_RW_SO_FUNCTIONS ? "so-pin" : "pin";
  if (is_locked(whose)) return CKR_PIN_LOCKED;
  if (!is_set("pin-pad")) return counted(whose, real->C_SetPIN(handle, pin, length, next, next_length));
  if (pin != NULL || next != NULL) return CKR_ARGUMENTS_BAD;
  value = ask_at_pin_pad(typed, typed_next);
  if (value != CKR_OK) return value;
  unsigned char *first = (unsigned char *)typed, *second = (unsigned char *)typed_next;
  return counted(whose, real->C_SetPIN(handle, first, strlen(typed), second, strlen(typed_next)));
}

static CK_RV shim_C_SetPIN(CK_SESSION_HANDLE handle, unsigned char *pin, CK_ULONG length, unsigned char *next, CK_ULONG next_length) {
  return NOTED_CALL("C_SetPIN", session, pin == NULL ? " pin=null" : " pin=given", set_pin(handle, pin, length, next, next_length));
}

// The security officer gives a new PIN, with which all tries are there again.
static CK_RV init_pin(CK_SESSION_HANDLE handle, unsigned char *pin, CK_ULONG length) {
  char typed[64], unused[64];
  if (!is_set("pin-pad")) return counted("pin", real->C_InitPIN(handle, pin, length));
  if (pin != NULL) return CKR_ARGUMENTS_BAD;
  CK_RV value = ask_at_pin_pad(typed, unused);
  return value == CKR_OK ? counted("pin", real->C_InitPIN(handle, (unsigned char *)typed, strlen(typed))) : value;
}

static CK_RV shim_C_InitPIN(CK_SESSION_HANDLE handle, unsigned char *pin, CK_ULONG length) {
  return NOTED_CALL("C_InitPIN", session, pin == NULL ? " pin=null" : " pin=given", init_pin(handle, pin, length));
}
