// The table beside a picture.
#pragma once

#include <QTableView>

namespace dotmoe::studio {

/// Whole rows chosen, Tab leaves it.
QTableView* rows_view(QAbstractItemModel* rows, const char* name, const QString& accessible);

}  // namespace dotmoe::studio
