// The table beside a picture.
#pragma once

#include <QTableView>

namespace dotmoe {
class TableModel;
}

namespace dotmoe::studio {

/// Whole rows chosen, Tab leaves it.
QTableView* rows_view(TableModel* rows, const char* name, const QString& accessible);

}  // namespace dotmoe::studio
