// The layers of the open model as a table: badge, error, load.
#pragma once

#include <QAbstractTableModel>
#include <vector>

#include "events/snapshot.h"

namespace dotmoe::studio {

class LayerModel : public QAbstractTableModel {
    Q_OBJECT

  public:
    enum Column { layer, badge, error, load, dead, columns };

    using QAbstractTableModel::QAbstractTableModel;

    /// All layers dense.
    void reset(int layers);
    /// A status of a layer outside is ignored.
    void update(const LayerStatus& status);
    const LayerStatus& status(int row) const { return m_layers[static_cast<std::size_t>(row)]; }

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

  private:
    std::vector<LayerStatus> m_layers;
};

}  // namespace dotmoe::studio
