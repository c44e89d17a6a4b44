// What a load is called: one rule for the bars and the tables.
#pragma once

#include <QCoreApplication>
#include <QString>

namespace dotmoe {

inline constexpr double hotFrom = 2;  ///< times the even share

/// "dead", "hot", or nothing.
inline QString loadRemark(double load) {
    const auto tr = [](const char* text) { return QCoreApplication::translate("dotmoe::BalanceBars", text); };
    return load <= 0 ? tr("dead") : load > hotFrom ? tr("hot") : QString();
}

}  // namespace dotmoe
