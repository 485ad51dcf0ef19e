// Put before vpcd by LD_PRELOAD. It sends the length of an APDU and the APDU itself apart, and the kernel keeps the second
// back until the first is acknowledged: 40 ms for each APDU, of which OpenSC sends fifty before it shows a card.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

int accept(int listening, struct sockaddr *address, socklen_t *length) {
  int (*real)(int, struct sockaddr *, socklen_t *) = (int (*)(int, struct sockaddr *, socklen_t *))dlsym(RTLD_NEXT, "accept");
  int accepted = real(listening, address, length), yes = 1;
  // A socket of another family refuses this, and is none of ours.
  if (accepted >= 0) (void)setsockopt(accepted, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  return accepted;
}
