// A Table for Qt's table views.
#pragma once

#include <QAbstractTableModel>

#include "widgets/table.h"

namespace dotmoe {

class TableModel : public QAbstractTableModel {
    Q_OBJECT
  public:
    using QAbstractTableModel::QAbstractTableModel;

    void setTable(Table table);

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

  private:
    Table m_table;
};

}  // namespace dotmoe
