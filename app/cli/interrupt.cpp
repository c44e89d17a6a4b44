#include "app/cli/interrupt.h"

#include <poll.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <csignal>
#include <cstdint>
#include <utility>

namespace dotmoe::cli {
namespace {

constexpr int interrupted = 130;

}  // namespace

Interrupt::Interrupt(std::function<void()> on_exit) : on_exit_(std::move(on_exit)) {
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    ::pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    signals_ = ::signalfd(-1, &signals, SFD_CLOEXEC);
    quit_ = ::eventfd(0, EFD_CLOEXEC);
    watcher_ = std::thread([this] { watch(); });
}

Interrupt::~Interrupt() {
    ::eventfd_write(quit_, 1);
    watcher_.join();
    ::close(signals_);
    ::close(quit_);
}

void Interrupt::watch() {
    pollfd sources[] = {{signals_, POLLIN, 0}, {quit_, POLLIN, 0}};
    for (;;) {
        if (::poll(sources, 2, -1) < 0) continue;
        if (sources[1].revents != 0) return;
        signalfd_siginfo received;
        if (::read(signals_, &received, sizeof received) != sizeof received) continue;
        const std::lock_guard lock(mutex_);
        if (!stop_) {
            on_exit_();
            ::_exit(interrupted);
        }
        std::exchange(stop_, nullptr)();
    }
}

Interrupt::Scope::Scope(Interrupt& interrupt, std::function<void()> stop) : interrupt_(interrupt) {
    const std::lock_guard lock(interrupt_.mutex_);
    interrupt_.stop_ = std::move(stop);
}

Interrupt::Scope::~Scope() {
    const std::lock_guard lock(interrupt_.mutex_);
    interrupt_.stop_ = nullptr;
}

}  // namespace dotmoe::cli
