// The conversion that is under way, remembered so that a window that is started after a crash takes it up.
#pragma once

#include <QLockFile>
#include <memory>
#include <optional>

#include "pipeline/convert.h"

namespace dotmoe::studio {

/// One for all windows of a user: that of a second window that converts at the same time is not remembered.
class UnfinishedRun {
  public:
    void remember(const ConvertRequest& request);
    /// It runs no more, and can be taken up.
    void letGo();
    /// There is nothing to take up any more.
    void forget();

    /// None while it runs, in this window or another one, and none where its model or folder is gone.
    static std::optional<ConvertRequest> read();

  private:
    std::unique_ptr<QLockFile> m_running;
};

}  // namespace dotmoe::studio
