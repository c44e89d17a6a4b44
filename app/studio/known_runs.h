// The conversions that the window has met, remembered between starts, and what their folders tell of them.
#pragma once

#include <QStringList>
#include <vector>

#include "pipeline/run_record.h"

namespace dotmoe::studio {

class KnownRuns {
  public:
    static constexpr int most = 100;

    void add(const QString& folder);
    void forget(const QString& folder);
    /// Newest first.
    QStringList folders() const;
};

/// Those of the folders that are conversions, and the parents that they name. Reads files: not for the
/// window's thread.
std::vector<RunRecord> read_runs(const QStringList& folders);

}  // namespace dotmoe::studio
