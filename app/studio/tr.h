// Words of the window in functions that belong to no QObject, whose own tr() comes first where there is one.
#pragma once

#include <QCoreApplication>

namespace dotmoe::studio {

inline QString tr(const char* text) {
    return QCoreApplication::translate("dotmoe::studio", text);
}

}  // namespace dotmoe::studio
