// The token canvas as a table, for screen readers and for copying: the same numbers, no picture.
#pragma once

#include <QAbstractTableModel>
#include <memory>
#include <vector>

#include "events/snapshot.h"

namespace dotmoe {

/// One row a token, for the selected layer.
class RoutingTableModel : public QAbstractTableModel {
    Q_OBJECT
  public:
    enum Column { position, token, expert, probability, divergence, others, columnCountOfTable };

    using QAbstractTableModel::QAbstractTableModel;

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

  public slots:
    /// Null or an inconsistent snapshot empties the table.
    void setSnapshot(std::shared_ptr<const dotmoe::RoutingSnapshot> routing);
    void setLayer(int layer);
    /// KL of each token to the dense model; of another number of tokens: it is not known.
    void setDivergence(std::vector<double> kl);

  private:
    std::shared_ptr<const RoutingSnapshot> m_routing;
    std::vector<double> m_kl;
    int m_layer = 0;
};

}  // namespace dotmoe
