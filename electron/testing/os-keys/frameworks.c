// Stands where CoreFoundation and Security stand on a Mac, with their prototypes and none of their work: what a call is given
// comes back in a form that a test can read. So it shows that koffi passes what the headers want, not what macOS does.
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

typedef const void *Ref;
typedef struct {
  long length, code;
  unsigned char octets[4096];
} Object;

static Object *make(const void *octets, long length, long code) {
  Object *object = calloc(1, sizeof *object);
  memcpy(object->octets, octets, (size_t)length);
  object->length = length;
  object->code = code;
  return object;
}

#define CONSTANT(name) \
  static const Object name##Object = {sizeof #name - 1, 0, #name}; \
  const Ref name = &name##Object
#include "constants.h"

const struct { long version; Ref retain, release; } kCFTypeDictionaryKeyCallBacks = {7, 0, 0}, kCFTypeDictionaryValueCallBacks = {8, 0, 0};

Ref CFDataCreate(Ref allocator, const uint8_t *octets, long length) { return allocator ? 0 : make(octets, length, 0); }
long CFDataGetLength(Ref data) { return ((const Object *)data)->length; }
const uint8_t *CFDataGetBytePtr(Ref data) { return ((const Object *)data)->octets; }
Ref CFStringCreateWithCString(Ref allocator, const char *text, uint32_t encoding) { return allocator ? 0 : make(text, (long)strlen(text), encoding); }
unsigned char CFStringGetCString(Ref text, char *buffer, long size, uint32_t encoding) {
  const Object *object = text;
  if (encoding != 0x08000100 || object->length >= size) return 0;
  memcpy(buffer, object->octets, (size_t)object->length + 1);
  return 1;
}
Ref CFNumberCreate(Ref allocator, long type, const void *value) { return allocator ? 0 : make(value, 4, type); }
unsigned char CFBooleanGetValue(Ref boolean) { return boolean == kCFBooleanTrue; }
Ref CFDictionaryCreateMutable(Ref allocator, long capacity, const long *keys, const long *values) {
  return allocator || capacity || *keys != 7 || *values != 8 ? 0 : make("", 0, 0);
}
void CFDictionarySetValue(Ref dictionary, Ref key, Ref value) {
  Object *object = (Object *)dictionary;
  memcpy(object->octets + object->length, &key, sizeof key);
  memcpy(object->octets + object->length + sizeof key, &value, sizeof value);
  object->length += 2 * (long)sizeof key;
}
Ref CFDictionaryGetValue(Ref dictionary, Ref key) {
  const Object *object = dictionary;
  for (long at = 0; at < object->length; at += 2 * (long)sizeof key)
    if (!memcmp(object->octets + at, &key, sizeof key)) return *(const Ref *)(object->octets + at + sizeof key);
  return 0;
}
unsigned char CFEqual(Ref one, Ref other) { return one == other; }
long CFErrorGetCode(Ref error) { return ((const Object *)error)->code; }
Ref CFErrorGetDomain(Ref error) { return error; }
void CFRelease(Ref object) { ((Object *)object)->code = 4711; }

static Ref fail(Ref *error, long code) {
  const char domain[] = "NSOSStatusErrorDomain";
  *error = make(domain, sizeof domain - 1, code);
  return 0;
}

Ref SecAccessControlCreateWithFlags(Ref allocator, Ref protection, unsigned long flags, Ref *error) {
  if (allocator || protection != kSecAttrAccessibleAfterFirstUnlockThisDeviceOnly) return fail(error, -50);
  return make(&flags, sizeof flags, 0);
}
Ref SecKeyCreateRandomKey(Ref parameters, Ref *error) {
  return ((const Object *)parameters)->length ? make(&parameters, sizeof parameters, 0) : fail(error, -34018);
}
int32_t SecItemCopyMatching(Ref query, Ref *result) {
  if (!((const Object *)query)->length) return -25300;
  *result = make("found", 5, 0);
  return 0;
}
int32_t SecItemDelete(Ref query) { return ((const Object *)query)->length ? 0 : -25300; }
Ref SecKeyCopyPublicKey(Ref key) { return make(&key, sizeof key, 0); }
Ref SecKeyCopyAttributes(Ref key) { return make(&key, sizeof key, 0); }
Ref SecKeyCopyExternalRepresentation(Ref key, Ref *error) { return key == kCFBooleanFalse ? fail(error, -25300) : make("\4point", 6, 0); }
Ref SecKeyCreateSignature(Ref key, Ref algorithm, Ref data, Ref *error) {
  return key && algorithm == kSecKeyAlgorithmECDSASignatureDigestX962SHA256 ? make(((const Object *)data)->octets, 32, 0) : fail(error, -50);
}
